"""Decide what one hour of one series is, by the hours before it: pure, and always answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

from chalicelib.anomalies.baseline import (
    LOOKBACK_HOURS,
    PastDeparture,
    bounded,
    last_week,
    peers_of,
    references,
)
from chalicelib.anomalies.comparison import YARDSTICKS, Comparison, deviation
from chalicelib.anomalies.decision import Decision, Status
from chalicelib.anomalies.series import LEAST_N, Flags, Point, Series, series_of
from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour

__all__ = [
    "LEAST_N",
    "LOOKBACK_HOURS",
    "Decision",
    "Flags",
    "Point",
    "Series",
    "Status",
    "decide",
    "goes_on",
    "series_of",
    "usual_range",
]

# An episode continues through this many normal hours, so that one that flickers alerts once.
_QUIET_HOURS = 6
# A zero is silence if at least this many events were expected, and if no hour that expected as
# many was this close to zero.
_SILENCE, _NEAR_ZERO = 15.0, 0.1
# The last week has seen something like it unless it is this much farther out than any hour of it.
_FARTHER = 1.1
# If fewer events than this are expected, a burst has no usual size, and it takes more.
_FEW_EVENTS, _FARTHER_OF_FEW = 10.0, 1.5
# An hour that rests on less than one in this many of the events is too noisy to compare.
_COMPARABLE = 4
_FEWEST_COMPARABLE = 4


def decide(
    metric: Metric, series: Series, flags: Flags, hour: Hour, threshold: float = 3.0
) -> Decision:
    """Compare an hour with the hours before it; `series` and `flags` may hold any others too.

    For most hours the median of the hours like it decides. One that departs from it far enough to
    matter is also compared with what else may be normal, and with how far the hours of the last
    week departed from what was expected of them.
    """
    point = series.get(hour)
    if point is None:
        return Decision(status=Status.MISSING, threshold=threshold)
    peers = peers_of(series, flags, hour)
    observed = bounded(point.value)
    if peers is None:
        return Decision(status=Status.INSUFFICIENT_HISTORY, threshold=threshold, observed=observed)
    comparison = Comparison(
        metric=metric, peers=peers, observed=observed, n=point.n, expected=peers.middle, spread=0.0
    )
    if not _stands_out(comparison, threshold):
        return _decision(replace(comparison, spread=deviation(peers.values)), threshold)
    unit = comparison.yardstick.unit
    week = last_week(series, flags, hour, peers, unit)
    closer = _closer(comparison, week, references(series, flags, hour, peers, week, unit))
    if not (_stands_out(closer, threshold) and _is_new(closer, week)):
        return _decision(closer, threshold)
    direction = _direction(closer)
    is_rising = not goes_on(flags, hour, direction)
    return replace(
        _decision(closer, threshold),
        status=Status.ANOMALOUS,
        direction=direction,
        is_rising=is_rising,
    )


def usual_range(
    metric: Metric, series: Series, flags: Flags, hour: Hour, threshold: float = 3.0
) -> tuple[float, float] | None:
    """Return the values between which the score stays below the threshold, to draw them."""
    point, peers = series.get(hour), peers_of(series, flags, hour)
    if point is None or peers is None:
        return None
    unit = YARDSTICKS[metric].unit
    week = last_week(series, flags, hour, peers, unit)
    normal = references(series, flags, hour, peers, week, unit)
    ends = [
        _closer(
            Comparison(
                metric=metric, peers=peers, observed=end, n=point.n, expected=end, spread=0.0
            ),
            week,
            [end],
        )
        for end in (min(normal), max(normal))
    ]
    low, high = (end.expected for end in ends)
    return max(low - threshold * ends[0].scale, 0.0), high + threshold * ends[1].scale


def _stands_out(comparison: Comparison, threshold: float) -> bool:
    return abs(comparison.score) >= threshold and (
        comparison.expected >= _SILENCE if comparison.is_silence else comparison.matters
    )


def _closer(
    comparison: Comparison, week: Sequence[PastDeparture], normal: Sequence[float]
) -> Comparison:
    """Expect the nearest of what may be normal, with the spread of the last week's departures."""
    ratios = [past.ratio for past in _usual(comparison, week)]
    if len(ratios) >= _FEWEST_COMPARABLE:
        spread = deviation(ratios) * max(comparison.peers.middle, comparison.yardstick.unit)
    else:
        spread = deviation(comparison.peers.values)
    expected = min(max(comparison.observed, min(normal)), max(normal))
    return replace(comparison, expected=expected, spread=spread)


def _usual(comparison: Comparison, week: Sequence[PastDeparture]) -> list[PastDeparture]:
    """Choose the hours of the last week that compare with this one and were not anomalous."""
    if comparison.metric is Metric.VOLUME:
        least = comparison.peers.middle / _COMPARABLE
        return [past for past in week if not past.is_flagged and past.expected >= least]
    return [past for past in week if not past.is_flagged and past.n * _COMPARABLE >= comparison.n]


def _is_new(comparison: Comparison, week: Sequence[PastDeparture]) -> bool:
    """Whether there was nothing like it in the last week."""
    expected = max(comparison.peers.middle, comparison.yardstick.unit)
    ratio = comparison.observed / expected
    usual = _usual(comparison, week)
    if comparison.is_silence:
        peers = min(comparison.peers.values) / expected
        # The zeros just before it are the same silence, even if it began in quieter hours.
        before = _usual(comparison, list(dropwhile(lambda past: past.ratio == 0, week)))
        others = (past.ratio for past in before if past.expected >= _SILENCE)
        return min((peers, *others)) >= _NEAR_ZERO
    if not comparison.is_rise:
        return ratio * _FARTHER < min((past.ratio for past in usual), default=1.0)
    if comparison.metric is Metric.VOLUME and comparison.expected < _FEW_EVENTS:
        # Flagged ones too: the first odd burst of a week is news, and then only a larger one.
        return ratio > _FARTHER_OF_FEW * max((past.ratio for past in week), default=0.0)
    return ratio > _FARTHER * max((past.ratio for past in usual), default=0.0)


def _direction(comparison: Comparison) -> Direction:
    if comparison.is_silence:
        return Direction.NO_DATA
    return Direction.ABOVE if comparison.is_rise else Direction.BELOW


def goes_on(flags: Flags, hour: Hour, direction: Direction) -> bool:
    """Whether an hour shortly before was anomalous in the same direction."""
    before = (flags.get(hour.plus(-back)) for back in range(1, _QUIET_HOURS + 1))
    is_above = direction is Direction.ABOVE
    return any(flag is not None and (flag is Direction.ABOVE) == is_above for flag in before)


def _decision(comparison: Comparison, threshold: float) -> Decision:
    return Decision(
        status=Status.NORMAL,
        threshold=threshold,
        observed=comparison.observed,
        expected=comparison.expected,
        scale=comparison.scale,
        score=comparison.score,
        baseline=comparison.peers.window.baseline,
        history=len(comparison.peers.values),
    )
