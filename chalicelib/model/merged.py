"""A day, or any other period, of one event type, merged from its hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model import latency
from chalicelib.model.distinct import STANDARD_ERROR, HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.period import Period
from chalicelib.model.rollup import AmountSummary, HourlyRollup, LatencySummary


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedRollup:
    """Counts and sums are exact; users and percentiles state their error.

    `unique_users_error` is a standard error: the count is within one of it two times in three,
    within two of them nineteen times in twenty. `latency_error` is a bound: no percentile is off
    by more than that and 0.1 ms. Both are relative, and 0 where the figure is exact.

    `expected` and `missing` are None if any hour doesn't know. A surplus in one hour does not
    cancel what is missing in another.
    """

    event_type: str
    period: Period
    hours: tuple[Hour, ...]
    count: int
    unique_users: int
    unique_users_error: float
    errors: int
    latency: LatencySummary | None
    latency_error: float
    amounts: Mapping[str, AmountSummary]
    expected: int | None
    found: int
    duplicates: int
    missing: int | None

    @property
    def error_rate(self) -> float:
        return self.errors / self.count if self.count else 0.0

    @property
    def absent(self) -> list[Hour]:
        """The hours of the period without a row; a type has none in an hour without its events."""
        present = set(self.hours)
        return [hour for hour in self.period.hours if hour not in present]


@dataclass(frozen=True, slots=True)
class HourSummary:
    """The rows of an hour as the rollup with this mark left them, without their sketches."""

    hour: Hour
    mark: int
    rows: Sequence[MergedRollup]


def merge(event_type: str, period: Period, rollups: Sequence[HourlyRollup]) -> MergedRollup:
    """Merge hours, in any order.

    Raises:
        ValueError: an hour of another type or period, or a duplicate hour.
    """
    hours = {rollup.hour for rollup in rollups}
    if any(rollup.event_type != event_type for rollup in rollups):
        raise ValueError(event_type)
    if len(hours) < len(rollups) or any(hour not in period for hour in hours):
        raise ValueError(period)
    users, users_error = _users(rollups)
    latencies = [rollup.latency for rollup in rollups if rollup.latency]
    counts = [rollup.reconciliation for rollup in rollups]
    return MergedRollup(
        event_type=event_type,
        period=period,
        hours=tuple(sorted(hours)),
        count=sum(rollup.count for rollup in rollups),
        unique_users=users,
        unique_users_error=users_error,
        errors=sum(rollup.errors for rollup in rollups),
        latency=_latency(latencies),
        latency_error=latency.RELATIVE_ERROR if len(latencies) > 1 else 0.0,
        amounts=_amounts(rollup.amounts for rollup in rollups),
        expected=_sum_if_known(count.expected for count in counts),
        found=sum(count.found for count in counts),
        duplicates=sum(count.duplicates for count in counts),
        missing=_sum_if_known(
            None if count.missing is None else max(0, count.missing) for count in counts
        ),
    )


def hour_alone(rollup: HourlyRollup) -> MergedRollup:
    """Return what `merge` makes of one hour; an answer by the hour has hundreds of them."""
    counts = rollup.reconciliation
    return MergedRollup(
        event_type=rollup.event_type,
        period=Period(rollup.hour, rollup.hour.plus(1)),
        hours=(rollup.hour,),
        count=rollup.count,
        unique_users=rollup.unique_users,
        unique_users_error=0.0,
        errors=rollup.errors,
        latency=rollup.latency,
        latency_error=0.0,
        amounts=dict(sorted(rollup.amounts.items())),
        expected=counts.expected,
        found=counts.found,
        duplicates=counts.duplicates,
        missing=None if counts.missing is None else max(0, counts.missing),
    )


def _users(rollups: Sequence[HourlyRollup]) -> tuple[int, float]:
    # At least as many as in the busiest hour, and at most as many as if nobody returned.
    least = max((rollup.unique_users for rollup in rollups), default=0)
    most = sum(rollup.unique_users for rollup in rollups)
    if least == most:
        return least, 0.0
    estimate = HyperLogLog.merged(rollup.user_sketch for rollup in rollups).estimate()
    return min(max(round(estimate), least), most), STANDARD_ERROR


def _latency(hours: Sequence[LatencySummary]) -> LatencySummary | None:
    if len(hours) < 2:
        return hours[0] if hours else None
    buckets = latency.merged(hour.buckets for hour in hours)
    minimum = min(hour.minimum for hour in hours)
    maximum = max(hour.maximum for hour in hours)
    p50, p90, p95, p99 = (
        min(max(percentile, minimum), maximum)
        for percentile in latency.quantiles(buckets, (0.5, 0.9, 0.95, 0.99))
    )

    return LatencySummary(
        count=sum(hour.count for hour in hours),
        total_ns=sum(hour.total_ns for hour in hours),
        minimum=minimum,
        maximum=maximum,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        buckets=buckets,
    )


def _amounts(hours: Iterable[Mapping[str, AmountSummary]]) -> dict[str, AmountSummary]:
    total: dict[str, AmountSummary] = {}
    for amounts in hours:
        for currency, amount in amounts.items():
            before = total.get(currency, AmountSummary(0, 0))
            total[currency] = AmountSummary(
                before.count + amount.count, before.total_micros + amount.total_micros
            )
    return dict(sorted(total.items()))


def _sum_if_known(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total
