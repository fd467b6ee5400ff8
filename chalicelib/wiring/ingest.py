"""Ingest, wired to Kinesis."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Self

from chalicelib.aws.streams import KinesisStreamWriter
from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.ports import StreamWriter
from chalicelib.ingest import IngestBatch, IngestEvent, Intake
from chalicelib.model.identifier import RANDOM_BITS
from chalicelib.settings.ingest import IngestSettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class IngestWing:
    settings: IngestSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(IngestSettings.from_env(env))

    def warm_up(self) -> None:
        """Build in advance what the first request would have to wait for."""
        _ = self.ingest_event, self.ingest_batch

    @cached_property
    def ingest_event(self) -> IngestEvent:
        return IngestEvent(
            intake=self.intake,
            deliver=self.deliver,
            clock=now_ms,
            max_body_bytes=self.settings.max_body_bytes,
        )

    @cached_property
    def ingest_batch(self) -> IngestBatch:
        return IngestBatch(
            intake=self.intake,
            deliver=self.deliver,
            clock=now_ms,
            max_body_bytes=self.settings.max_body_bytes,
            max_events=self.settings.max_batch_events,
        )

    @cached_property
    def intake(self) -> Intake:
        settings = self.settings
        return Intake(
            default_stream=settings.events_stream,
            streams_by_type=settings.streams_by_type,
            max_ahead_ms=settings.max_timestamp_ahead_s * 1000,
            max_age_ms=settings.max_timestamp_age_s * 1000,
            # The system's generator: copies of a frozen container would share another's state.
            entropy=partial(random.SystemRandom().getrandbits, RANDOM_BITS),
            event_types=settings.event_types,
        )

    @cached_property
    def deliver(self) -> Deliver:
        return Deliver(
            streams=self.stream_writer,
            timer=time.monotonic,
            sleep=time.sleep,
            jitter=random.random,
            budget_s=self.settings.put_budget_s,
            call_limit_s=self.settings.put_call_limit_s,
        )

    @cached_property
    def stream_writer(self) -> StreamWriter:
        return KinesisStreamWriter.open(self.settings.put_call_limit_s)
