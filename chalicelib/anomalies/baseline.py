"""What an hour is compared with: the hours like it, and how far the last week departed."""

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

# Larger figures are capped, so that the square of any is within the range of a double.
_LARGEST = 1e15
# An hour of the last week is compared with this many, so that the lookback suffices.
_FEWER = 7
_FEWER_NEARBY = 10
_FEWEST = 3
# An hour of another day compares if it expected at least this share of what is expected now.
_LIKE = 0.25

_DAYS = (DAY, 2 * DAY, 3 * DAY)
_WEEKS = (WEEK, 2 * WEEK, 3 * WEEK)
_NO_FLAGS: Mapping[Hour, Direction] = {}


@dataclass(frozen=True, slots=True)
class BaselineWindow:
    """A choice of earlier hours, by how many hours back they are; it takes at least `least`.

    What matters is a rise to `rise` times what is expected, or a fall to one `fall`th of it: the
    less is known, the larger it must be.
    """

    baseline: Baseline
    offsets: tuple[int, ...]
    least: int
    rise: float
    fall: float


_WEEKLY = BaselineWindow(
    Baseline.HOUR_OF_WEEK, tuple(WEEK * back for back in range(1, 9)), 4, 1.5, 1.5
)
_DAILY = BaselineWindow(
    Baseline.HOUR_OF_DAY, tuple(DAY * back for back in range(1, 15)), 7, 1.5, 1.5
)
# The hours around this time on the last four days. There may have been no weekend yet, and it may
# well be twice as busy, or a fifth as busy.
_NEARBY = BaselineWindow(
    Baseline.TRAILING,
    tuple(DAY * back + shift for back in range(1, 5) for shift in (0, 1, -1, 2, -2)),
    4,
    2.5,
    10.0,
)


@dataclass(frozen=True, slots=True)
class Peers:
    """The values of hours like one hour, without those that were found anomalous."""

    window: BaselineWindow
    values: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.values)


class PastDeparture(NamedTuple):
    """How far an hour, `back` hours ago, departed: its `ratio` of observed to expected."""

    back: int
    ratio: float
    expected: float
    n: int
    is_flagged: bool


def peers_of(series: Series, flags: Flags, hour: Hour) -> Peers | None:
    """Choose the best baseline that has enough hours, or None."""
    for window in (_WEEKLY, _DAILY, _NEARBY):
        values = _values(series, flags, hour, window.offsets)
        if len(values) >= window.least:
            return Peers(window, values)
    return None


def last_week(
    series: Series, flags: Flags, hour: Hour, peers: Peers, unit: float
) -> list[PastDeparture]:
    """Compare every hour of the last week with its own history, as is done for this one."""
    offsets = peers.window.offsets[: _FEWER_NEARBY if peers.window is _NEARBY else _FEWER]
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
            week.append(PastDeparture(back, value / expected, expected, point.n, back in flagged))
    return week


def _before(series: Series, hour: Hour, reach: int) -> list[Point | None]:
    """List the hours before one by how far back they are, the hour itself first."""
    points: list[Point | None] = [None] * (reach + 1)
    # Looking up a thousand hours would take longer than going through all of them.
    for other, point in series.items():
        back = (hour.start_ms - other.start_ms) // HOUR_MS
        if 0 <= back <= reach:
            points[back] = point
    return points


def references(
    series: Series,
    flags: Flags,
    hour: Hour,
    peers: Peers,
    week: Sequence[PastDeparture],
    unit: float,
) -> list[float]:
    """List what may be normal: the median, and the same hour of the last weeks and last days.

    Flagged hours count among the last three weeks and the last three days. So what has happened
    at the same hour twice in three days, or in three weeks, is the new normal, and so is a level
    that has lasted for two days. Days count by how they departed from their own history, so that
    on a Monday the weekend isn't taken as normal.
    """
    found = [peers.middle]
    if weeks := _values(series, _NO_FLAGS, hour, _WEEKS):
        found.append(median(weeks))
    if peers.window is _NEARBY:
        days = _values(series, _NO_FLAGS, hour, _DAYS)
    else:
        # From as many hours as for those days, since a median of more lags more in a trend.
        fewer = _values(series, flags, hour, peers.window.offsets[:_FEWER])
        expected = max(median(fewer or peers.values), unit)
        like = (past for past in week if past.back in _DAYS)
        # A day that expected next to nothing, as at a weekend, says nothing about a busy hour.
        days = [past.ratio * expected for past in like if past.expected >= _LIKE * expected]
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
    """Limit a figure to the range that the arithmetic can handle, from zero up."""
    return value if 0.0 <= value <= _LARGEST else min(max(value, 0.0), _LARGEST)


def _values(series: Series, flags: Flags, hour: Hour, offsets: Sequence[int]) -> list[float]:
    hours = [hour.plus(-offset) for offset in offsets]
    points = (series.get(past) for past in hours if past not in flags)
    return [bounded(point.value) for point in points if point is not None]
