"""What is sent in a month, and what is asked of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A twelfth of a year, as AWS' own calculator counts.
HOURS = 730
SECONDS = HOURS * 3_600
# AWS bills by these.
GB = 2**30
TB = 2**40

# What the API takes: the properties of one event, the body of one request.
MAX_EVENT_BYTES = 66_000
MAX_BODY_BYTES = 4 * 1024 * 1024
SHARD_RECORDS = 1_000
SHARD_BYTES = 1_000_000
# An on-demand stream starts with so many.
ON_DEMAND_SHARDS = 4


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream's part of the month."""

    name: str
    events: float
    types: int
    shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One month. Traffic is even but for its peak, and all types are equally frequent.

    `event_bytes` is an event's JSON; `shards` is the sum over all streams, derived from the peak
    when it is not given; `months_kept` is for how many months the archive has been filling; the
    `queries`, each over one day, scan `athena_tb` together.
    """

    events: int
    event_bytes: int = 1_000
    events_per_request: int = 1
    types: int = 10
    shards: int | None = None
    on_demand: bool = False
    peak: float = 4.0
    months_kept: int = 12
    athena_tb: float = 0.03
    queries: int = 300
    alerts: int = 100
    # Of those in chalicelib/model/measure.py, by function, that have values while all is well.
    custom_metrics: int = 20

    def __post_init__(self) -> None:
        """Refuse what can't be.

        Raises:
            ValueError: says what, and why.
        """
        body = self.event_bytes * self.events_per_request
        if body > MAX_BODY_BYTES:
            raise ValueError(
                f"{self.events_per_request:,} events of {self.event_bytes:,} bytes are"
                f" {body:,} bytes, and a request takes {MAX_BODY_BYTES:,}"
            )
        if self.shards is not None and self.on_demand:
            raise ValueError("on-demand streams have no number of shards to choose")
        if self.shards is not None and self.shards < self.least_shards:
            raise ValueError(
                f"{self.shards} shards are too few: the three streams need at least"
                f" {self.least_shards}, one for events and what the others' peak takes"
            )

    @property
    def scanned_bytes(self) -> float:
        """Where nothing was ever sent there is nothing to scan."""
        return self.athena_tb * TB if self.events else 0

    @property
    def alerts_sent(self) -> int:
        return self.alerts if self.events else 0

    @property
    def requests(self) -> float:
        return self.events / self.events_per_request

    @property
    def least_shards(self) -> int:
        _, clicks, checkouts = self._parts()
        return 1 + self._needed(clicks[1]) + self._needed(checkouts[1])

    @property
    def needed_shards(self) -> int:
        """What the peak takes."""
        return sum(self._needed(events) for _, events, _ in self._parts())

    @property
    def streams(self) -> tuple[Stream, Stream, Stream]:
        least = ON_DEMAND_SHARDS if self.on_demand else 1
        parts = self._parts()
        shards = [max(least, self._needed(events)) for _, events, _ in parts]
        if self.shards is not None:
            shards[0] = self.shards - shards[1] - shards[2]
        events, clicks, checkouts = (
            Stream(name, n, types, shard)
            for (name, n, types), shard in zip(parts, shards, strict=True)
        )
        return events, clicks, checkouts

    def _parts(self) -> list[tuple[str, float, int]]:
        """Share the events: with three types or more, click and checkout are two of them."""
        own = int(self.types > 2)
        one = self.events / self.types * own
        rest = self.events - 2 * one
        return [
            ("events", rest, self.types - 2 * own),
            ("clicks", one, own),
            ("checkouts", one, own),
        ]

    def _needed(self, events: float) -> int:
        peak = events / SECONDS * self.peak
        return max(
            1, math.ceil(peak / SHARD_RECORDS), math.ceil(peak * self.event_bytes / SHARD_BYTES)
        )
