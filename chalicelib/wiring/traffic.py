"""Synthetic traffic, wired to Kinesis."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.aws.streams import KinesisStreamWriter
from chalicelib.delivery.deliver import Deliver
from chalicelib.settings.traffic import TrafficSettings
from chalicelib.traffic import GenerateTraffic
from chalicelib.traffic.shopping import Shop
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class TrafficWing:
    settings: TrafficSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(TrafficSettings.from_env(env))

    @cached_property
    def generate_traffic(self) -> GenerateTraffic:
        settings = self.settings
        return GenerateTraffic(
            shop=Shop(visits=settings.traffic_visits, seed=settings.traffic_seed),
            deliver=Deliver(
                streams=KinesisStreamWriter.open(settings.put_call_limit_s),
                timer=time.monotonic,
                sleep=time.sleep,
                jitter=random.random,
                budget_s=settings.put_budget_s,
                call_limit_s=settings.put_call_limit_s,
            ),
            clock=now_ms,
            default_stream=settings.events_stream,
            streams_by_type=settings.streams_by_type,
        )
