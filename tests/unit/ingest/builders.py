"""The stage put together, with a clock that stands still and ids that count."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.delivery.ports import StreamWriter
from chalicelib.ingest import IngestBatch, IngestEvent, Intake
from chalicelib.model import instant
from chalicelib.model.stored import StreamRecord
from tests.builders import NOON_MS

NOON_TEXT = instant.to_text(NOON_MS)
HOUR_MS = instant.HOUR_MS


@dataclass
class FakeTime:
    """Passes only by sleeping, or when a test adds to it."""

    now_s: float = 1_000.0
    pauses: list[float] = field(default_factory=list)

    def timer(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds


def make_intake() -> Intake:
    return Intake(
        default_stream="events",
        streams_by_type={"click": "clicks", "checkout": "checkouts"},
        max_ahead_ms=HOUR_MS,
        max_age_ms=30 * instant.DAY_MS,
        entropy=itertools.count().__next__,
    )


def make_deliver(
    streams: StreamWriter, time: FakeTime | None = None, *, jitter: float = 0.5
) -> Deliver:
    time = time or FakeTime()
    return Deliver(
        streams=streams,
        timer=time.timer,
        sleep=time.sleep,
        jitter=lambda: jitter,
        budget_s=5.0,
        call_limit_s=2.0,
    )


def make_ingest_event(streams: StreamWriter) -> IngestEvent:
    return IngestEvent(
        intake=make_intake(),
        deliver=make_deliver(streams),
        clock=lambda: NOON_MS,
        max_body_bytes=100_000,
    )


def make_ingest_batch(streams: StreamWriter) -> IngestBatch:
    return IngestBatch(
        intake=make_intake(),
        deliver=make_deliver(streams),
        clock=lambda: NOON_MS,
        max_body_bytes=100_000,
        max_events=20,
    )


def make_outgoing(number: int, stream: str = "events", size: int = 10) -> Outgoing:
    record = StreamRecord(f"usr_{number}", f"{number}:".encode().ljust(size, b"x"))
    return Outgoing(stream, record, f"ev_{number}", NOON_TEXT)


def make_request(content: object = None, **changes: object) -> dict[str, Any]:
    """A POST in API Gateway's proxy format, as far as the stage reads it."""
    return {
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(content),
        "isBase64Encoded": False,
    } | changes
