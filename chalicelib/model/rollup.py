"""One hour of one event type, and how far the hour has been rolled up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour

# The rows over all types, and over those that have no row of their own because the hour has too
# many. An event type starts with a letter, so no type has these names.
ALL_TYPES = "_all"
OTHER_TYPES = "_other"


@dataclass(frozen=True, slots=True)
class HourMark:
    """`marked` counts the hour's lake writes and begun rollups; `rolled` is the last finished.

    All that was marked up to `sealed` is in the hour's sealed file.
    """

    hour: Hour
    marked: int
    rolled: int
    sealed: int = 0

    @property
    def is_due(self) -> bool:
        return self.marked > self.rolled

    @property
    def is_unsealed(self) -> bool:
        return self.sealed < self.rolled


@dataclass(frozen=True, slots=True)
class DueHour:
    """An hour that has changed since it was rolled up or sealed, and what has been tried.

    `tried_ms` is when its last rollup began, 0 if none has. `unfinished_ms` is when the first of
    them began since one finished, None if the last one finished. If the hour has not changed since
    it was rolled up, both are of sealing it. Times are epoch milliseconds.
    """

    hour: Hour
    tried_ms: int = 0
    unfinished_ms: int | None = None
    has_changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencySummary:
    """Exact over an hour; milliseconds, percentiles by linear interpolation.

    `buckets` are those of `model.latency`; every value is in one of them.
    """

    count: int
    # An integer, so that the order of addition can't change it.
    total_ns: int
    minimum: float
    maximum: float
    p50: float
    p90: float
    p95: float
    p99: float
    buckets: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class AmountSummary:
    count: int
    total_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Records counted live against rows in the lake.

    `expected` is None if the counters can't say because they have expired. `missing` is negative
    if the lake is ahead of the counters, as it is for a moment while an archived record waits
    for its commit.
    """

    expected: int | None
    found: int
    duplicates: int

    @property
    def missing(self) -> int | None:
        return None if self.expected is None else self.expected - self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyRollup:
    """`count` and what follows are over events, each counted once however often it arrived.

    It depends on the hour's lake files and live counters alone, without a clock or a mark, so that
    rolling up twice writes the same row twice. Only `partial` is another each time: the key of
    what the hour contributes to experiments, in the row over all types while there are any.
    """

    event_type: str
    hour: Hour
    count: int
    unique_users: int
    # Of the same users, to merge the hours of a day.
    user_sketch: HyperLogLog
    errors: int
    latency: LatencySummary | None
    amounts: Mapping[str, AmountSummary]
    reconciliation: Reconciliation
    partial: str | None = None

    @property
    def error_rate(self) -> float:
        return self.errors / self.count if self.count else 0.0

    @property
    def figures(self) -> Figures:
        if self.latency is None:
            return Figures(self.count, self.errors)
        return Figures(self.count, self.errors, self.latency.count, self.latency.p95)
