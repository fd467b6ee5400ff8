"""A month's events and queries."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chalicelib.model.event import MAX_PROPERTIES_BYTES
from chalicelib.settings.ingest import IngestSettings

# A twelfth of a year, as in AWS's own calculator.
HOURS = 730
DAYS = HOURS / 24
SECONDS = HOURS * 3_600
# The units in which AWS bills.
GB = 2**30
TB = 2**40

# Properties, and a typical head.
MAX_EVENT_BYTES = MAX_PROPERTIES_BYTES + 500
MAX_REQUEST_EVENTS: int = IngestSettings.model_fields["max_batch_events"].default
MAX_BODY_BYTES: int = IngestSettings.model_fields["max_body_bytes"].default
SHARD_RECORDS = 1_000
SHARD_BYTES = 1_000_000
# What an on-demand stream starts with.
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
    """One month. Traffic is even except for its peak, and all types are equally frequent.

    `event_bytes` is the size of an event's JSON; `shards` is the total of all streams, by default
    what the peak needs; `months_kept` is the age of the archive; the `queries`, each over one day,
    scan `athena_tb` in total; `experiments` run at once and name every type.
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
    # Whether clicks and checkouts have streams of their own.
    own_streams: bool = False
    # Whether checkouts are attributed to clicks, in a database.
    attribution: bool = False
    experiments: int = 0
    # If not those of chalicelib/model/measure.py that have values in normal operation.
    custom_metrics: int | None = None

    def __post_init__(self) -> None:
        """Refuse impossible workloads.

        Raises:
            ValueError: says what is wrong, and why.
        """
        if self.event_bytes > MAX_EVENT_BYTES:
            raise ValueError(f"an event has at most {MAX_EVENT_BYTES:,} bytes")
        if self.events_per_request > MAX_REQUEST_EVENTS:
            raise ValueError(f"a request has at most {MAX_REQUEST_EVENTS:,} events")
        body = self.event_bytes * self.events_per_request
        if body > MAX_BODY_BYTES:
            raise ValueError(
                f"{self.events_per_request:,} events of {self.event_bytes:,} bytes are"
                f" {body:,} bytes, but a request has at most {MAX_BODY_BYTES:,}"
            )
        if self.shards is not None and self.on_demand:
            raise ValueError("on-demand streams have no fixed number of shards")
        if self.shards is not None and self.shards < self.least_shards:
            raise ValueError(
                f"{self.shards} shards are too few: the streams need at least"
                f" {self.least_shards}, one for events and what the others' peak needs"
            )

    @property
    def scanned_bytes(self) -> float:
        """The bytes that queries scan, none without events."""
        return self.athena_tb * TB if self.events else 0

    @property
    def alerts_sent(self) -> int:
        return self.alerts if self.events else 0

    @property
    def requests(self) -> float:
        return self.events / self.events_per_request

    @property
    def least_shards(self) -> int:
        return 1 + sum(self._needed(events) for _, events, _ in self._parts()[1:])

    @property
    def needed_shards(self) -> int:
        """The shards that the peak needs."""
        return sum(self._needed(events) for _, events, _ in self._parts())

    @property
    def streams(self) -> tuple[Stream, ...]:
        least = ON_DEMAND_SHARDS if self.on_demand else 1
        parts = self._parts()
        shards = [max(least, self._needed(events)) for _, events, _ in parts]
        if self.shards is not None:
            shards[0] = self.shards - sum(shards[1:])
        return tuple(
            Stream(name, n, types, shard)
            for (name, n, types), shard in zip(parts, shards, strict=True)
        )

    def _parts(self) -> list[tuple[str, float, int]]:
        """Divide the events: from three types on, click and checkout are two of them."""
        if not self.own_streams:
            return [("events", self.events, self.types)]
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
