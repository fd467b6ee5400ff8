"""The process stage on one full Lambda batch, against the least it could do."""

from __future__ import annotations

import base64
import gzip
import random

import orjson
from pydantic import TypeAdapter

from benchmarks.report import Row
from benchmarks.stopwatch import medians
from chalicelib.model import instant
from chalicelib.model.event import Event
from chalicelib.process import Limits, ProcessBatch
from tests.builders import NOON_MS, make_event, make_record
from tests.fakes import FakeLedger, FakeObjects

RECORDS = 10_000


def measure() -> list[Row]:
    records = batch()
    archive = FakeObjects()
    _process(records, archive)
    lines = b"".join(gzip.decompress(body) for body in archive.bodies.values())
    payloads = [str(r["kinesis"]["data"]) for r in records]  # type: ignore[index]  # a record
    validate = TypeAdapter(Event).validator.validate_json

    def floor() -> None:
        """Decode, validate and compress what has to be archived, with the standard library."""
        for payload in payloads:
            validate(base64.b64decode(payload))
        gzip.compress(lines, 6, mtime=0)

    ours, least = medians(lambda: _process(records, FakeObjects()), floor, repeats=15)
    return [
        Row(
            name=f"process, {RECORDS:,} records in one batch",
            figure=RECORDS / ours,
            unit="events/s",
            floor=RECORDS / least,
            floor_name="base64, one pydantic validation a record, gzip of the same lines",
            at_least=100_000,
            max_ratio=1.6,
        ),
    ]


def batch() -> list[dict[str, object]]:
    """Make a batch as an API under load fills it: six types, ten events a millisecond."""
    chance = random.Random(1)
    return [
        make_record(10**55 + n * 7_919, _event(n, chance), arrived_ms=NOON_MS + n // 10 + 800)
        for n in range(RECORDS)
    ]


def _event(n: int, chance: random.Random) -> bytes:
    properties: dict[str, object] = {
        "page": f"/products/{chance.randrange(500)}",
        "referrer": "https://www.example.com/search",
        "duration_ms": chance.randrange(5_000),
        "device": "mobile",
    }
    extra: dict[str, dict[str, object]] = {
        "page_view": {},
        "click": {"element": "buy"},
        "sign_up": {"plan": "free"},
        "metric": {"name": "cpu", "value": chance.random() * 100},
        "transaction": {"amount": chance.randrange(100_000) / 100, "currency": "EUR"},
        "user_action": {"action": "scroll", "session_duration": chance.randrange(900)},
    }
    event_type = chance.choice(list(extra))
    event = make_event(
        event_id=f"019a{n:028x}",
        event_type=event_type,
        user_id=f"usr_{chance.randrange(9_999)}",
        timestamp=instant.to_text(NOON_MS + n // 10),
        properties=properties | extra[event_type],
    )
    return orjson.dumps(event)


def _process(records: list[dict[str, object]], archive: FakeObjects) -> None:
    process = ProcessBatch(
        archive=archive,
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        limits=Limits(),
        reserve_ms=20_000,
    )
    process(records, lambda: 900_000)
