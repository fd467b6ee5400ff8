"""What an hour is compared with: the hours like it, and how the last week kept to its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.anomalies.series import Flags, Point, Series
from chalicelib.model.anomaly import Baseline, Direction
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS

DAY, WEEK = 24, 168
LOOKBACK_HOURS = 8 * WEEK

# Larger figures are cut to this, so that no square of one leaves the range of a double.
_LARGEST = 1e15
# An hour of the last week is compared with this many, which keeps to the lookback.
_FEWER = 7
_FEWER_NEARBY = 10
_FEWEST = 3
# Of what is expected, at least what another day's hour expected to be compared with it.
_LIKE = 0.25

_DAYS = (DAY, 2 * DAY, 3 * DAY)
_WEEKS = (WEEK, 2 * WEEK, 3 * WEEK)
_NO_FLAGS: Mapping[Hour, Direction] = {}


@dataclass(frozen=True, slots=True)
class Comb:
    """A choice of earlier hours, by how many hours they lie back; fewer than `least` won't do.

    What matters is a rise to `rise` times what is expected, or a fall to a `fall`th of it: the
    less is known, the more it takes.
    """

    baseline: Baseline
    offsets: tuple[int, ...]
    least: int
    rise: float
    fall: float


_WEEKLY = Comb(Baseline.HOUR_OF_WEEK, tuple(WEEK * back for back in range(1, 9)), 4, 1.5, 1.5)
_DAILY = Comb(Baseline.HOUR_OF_DAY, tuple(DAY * back for back in range(1, 15)), 7, 1.5, 1.5)
# The hours about this time on the last four days. No weekend may have been seen yet, and it may
# well be twice as busy, or a fifth.
_NEARBY = Comb(
    Baseline.TRAILING,
    tuple(DAY * back + beside for back in range(1, 5) for beside in (0, 1, -1, 2, -2)),
    4,
    2.5,
    10.0,
)


@dataclass(frozen=True, slots=True)
class Peers:
    """The values of hours like one hour, without those that were found anomalous."""

    comb: Comb
    values: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.values)


class Kept(NamedTuple):
    """How an hour, so many hours back, kept to its history: its value over what it expected."""

    back: int
    ratio: float
    expected: float
    n: int
    is_flagged: bool


def peers_of(series: Series, flags: Flags, hour: Hour) -> Peers | None:
    """Choose the best baseline that has enough hours, if any has."""
    for comb in (_WEEKLY, _DAILY, _NEARBY):
        values = _values(series, flags, hour, comb.offsets)
        if len(values) >= comb.least:
            return Peers(comb, values)
    return None


def last_week(series: Series, flags: Flags, hour: Hour, peers: Peers, unit: float) -> list[Kept]:
    """Compare every hour of the last week with its own history, as this one is with its."""
    offsets = peers.comb.offsets[: _FEWER_NEARBY if peers.comb is _NEARBY else _FEWER]
    points = _before(series, hour, WEEK + max(offsets))
    values = [None if point is None else bounded(point.value) for point in points]
    flagged = {(hour.start_ms - flag.start_ms) // HOUR_MS for flag in flags}
    unflagged = [None if back in flagged else value for back, value in enumerate(values)]
    week = []
    for back in range(1, WEEK + 1):
        point, value = points[back], values[back]
        like = [v for offset in offsets if (v := unflagged[back + offset]) is not None]
        if point is not None and value is not None and len(like) >= _FEWEST:
            expected = max(median(like), unit)
            week.append(Kept(back, value / expected, expected, point.n, back in flagged))
    return week


def _before(series: Series, hour: Hour, reach: int) -> list[Point | None]:
    """List the hours before one by how far they lie back, the hour itself first."""
    points: list[Point | None] = [None] * (reach + 1)
    # Looking a thousand hours up would take longer than going through all of them.
    for other, point in series.items():
        back = (hour.start_ms - other.start_ms) // HOUR_MS
        if 0 <= back <= reach:
            points[back] = point
    return points


def references(
    series: Series, flags: Flags, hour: Hour, peers: Peers, week: Sequence[Kept], unit: float
) -> list[float]:
    """List what may be normal: the median, and the same hour of the last weeks and last days.

    Flagged hours count among the last three weeks and the last three days. So what has come at
    the same hour twice in three days, or in three weeks, is the new normal, and so is a level
    that has lasted for two days. Days are told by how they kept to their own history, so that
    on a Monday the weekend isn't taken for the normal.
    """
    found = [peers.middle]
    if weeks := _values(series, _NO_FLAGS, hour, _WEEKS):
        found.append(median(weeks))
    if peers.comb is _NEARBY:
        days = _values(series, _NO_FLAGS, hour, _DAYS)
    else:
        # By as many hours as those days were, since a median of more lags more in a trend.
        fewer = _values(series, flags, hour, peers.comb.offsets[:_FEWER])
        expected = max(median(fewer or peers.values), unit)
        like = (kept for kept in week if kept.back in _DAYS)
        # Of next to nothing, as at a weekend, no share says anything of a busy hour.
        days = [kept.ratio * expected for kept in like if kept.expected >= _LIKE * expected]
        days = days if len(days) > 1 else []
    if days:
        found.append(median(days))
    return found


def median(values: Sequence[float]) -> float:
    """Return the middle of at least one value.

    >>> median([3.0, 1.0, 2.0, 8.0])
    2.5
    """
    ordered = sorted(values)
    half, is_odd = divmod(len(ordered), 2)
    return ordered[half] if is_odd else (ordered[half - 1] + ordered[half]) / 2


def bounded(value: float) -> float:
    """Cut a figure to those that the arithmetic can bear; none is below zero."""
    return value if 0.0 <= value <= _LARGEST else min(max(value, 0.0), _LARGEST)


def _values(series: Series, flags: Flags, hour: Hour, offsets: Sequence[int]) -> list[float]:
    hours = [hour.plus(-offset) for offset in offsets]
    points = (series.get(past) for past in hours if past not in flags)
    return [bounded(point.value) for point in points if point is not None]
