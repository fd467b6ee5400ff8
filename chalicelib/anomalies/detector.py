"""Judge one hour of one series by the hours before it: pure, and sure of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

from chalicelib.anomalies.baseline import (
    LOOKBACK_HOURS,
    Kept,
    bounded,
    last_week,
    peers_of,
    references,
)
from chalicelib.anomalies.comparison import MEASURES, Look, deviation
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
    "goes_on",
    "judge",
    "series_of",
    "usual_range",
]

# An episode goes on through so many normal hours, so that one that flickers is told once.
_QUIET_HOURS = 6
# A zero is silence where at least so many events were expected, and where no hour of which as
# much was expected came so near to zero.
_SILENCE, _NEAR_ZERO = 15.0, 0.1
# The last week has seen the like unless this is so much farther out than anything in it.
_FARTHER = 1.1
# Where fewer events than that are expected, a burst has no usual size, and it takes more.
_FEW_EVENTS, _FARTHER_OF_FEW = 10.0, 1.5
# An hour that rests on fewer than one in so many events is noisier.
_COMPARABLE = 4
_FEWEST_COMPARABLE = 4


def judge(
    metric: Metric, series: Series, flags: Flags, hour: Hour, threshold: float = 3.0
) -> Decision:
    """Compare an hour with the hours before it; `series` and `flags` may hold any others too.

    For most hours the median of the hours like it answers. One that departs from it by enough to
    matter is held against what else may be normal, and against how far the hours of the last
    week departed from what was expected of them.
    """
    point = series.get(hour)
    if point is None:
        return Decision(status=Status.MISSING, threshold=threshold)
    peers = peers_of(series, flags, hour)
    observed = bounded(point.value)
    if peers is None:
        return Decision(status=Status.INSUFFICIENT_HISTORY, threshold=threshold, observed=observed)
    look = Look(
        metric=metric, peers=peers, observed=observed, n=point.n, expected=peers.middle, spread=0.0
    )
    if not _stands_out(look, threshold):
        return _decision(replace(look, spread=deviation(peers.values)), threshold)
    week = last_week(series, flags, hour, peers, look.measure.unit)
    closer = _closer(look, week, references(series, flags, hour, peers, week, look.measure.unit))
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
    """Return between which values the score stays below the threshold, for a picture of it."""
    point, peers = series.get(hour), peers_of(series, flags, hour)
    if point is None or peers is None:
        return None
    unit = MEASURES[metric].unit
    week = last_week(series, flags, hour, peers, unit)
    normal = references(series, flags, hour, peers, week, unit)
    ends = [
        _closer(
            Look(metric=metric, peers=peers, observed=end, n=point.n, expected=end, spread=0.0),
            week,
            [end],
        )
        for end in (min(normal), max(normal))
    ]
    low, high = (end.expected for end in ends)
    return max(low - threshold * ends[0].scale, 0.0), high + threshold * ends[1].scale


def _stands_out(look: Look, threshold: float) -> bool:
    return abs(look.score) >= threshold and (
        look.expected >= _SILENCE if look.is_silence else look.matters
    )


def _closer(look: Look, week: Sequence[Kept], normal: Sequence[float]) -> Look:
    """Expect what may be normal and is nearest, as loosely as the last week kept to its own."""
    ratios = [kept.ratio for kept in _usual(look, week)]
    if len(ratios) >= _FEWEST_COMPARABLE:
        spread = deviation(ratios) * max(look.peers.middle, look.measure.unit)
    else:
        spread = deviation(look.peers.values)
    expected = min(max(look.observed, min(normal)), max(normal))
    return replace(look, expected=expected, spread=spread)


def _usual(look: Look, week: Sequence[Kept]) -> list[Kept]:
    """Choose the hours of the last week that compare with this one and were not anomalous."""
    if look.metric is Metric.VOLUME:
        least = look.peers.middle / _COMPARABLE
        return [kept for kept in week if not kept.is_flagged and kept.expected >= least]
    return [kept for kept in week if not kept.is_flagged and kept.n * _COMPARABLE >= look.n]


def _is_new(look: Look, week: Sequence[Kept]) -> bool:
    """Whether the last week has seen nothing like it."""
    expected = max(look.peers.middle, look.measure.unit)
    ratio = look.observed / expected
    usual = _usual(look, week)
    if look.is_silence:
        peers = min(look.peers.values) / expected
        # The zeros that lead up to it are the same silence, though it began in quieter hours.
        before = _usual(look, list(dropwhile(lambda kept: kept.ratio == 0, week)))
        others = (kept.ratio for kept in before if kept.expected >= _SILENCE)
        return min((peers, *others)) >= _NEAR_ZERO
    if not look.is_rise:
        return ratio * _FARTHER < min((kept.ratio for kept in usual), default=1.0)
    if look.metric is Metric.VOLUME and look.expected < _FEW_EVENTS:
        # Flagged ones too: the first odd burst of a week is news, and then only a larger one.
        return ratio > _FARTHER_OF_FEW * max((kept.ratio for kept in week), default=0.0)
    return ratio > _FARTHER * max((kept.ratio for kept in usual), default=0.0)


def _direction(look: Look) -> Direction:
    if look.is_silence:
        return Direction.NO_DATA
    return Direction.ABOVE if look.is_rise else Direction.BELOW


def goes_on(flags: Flags, hour: Hour, direction: Direction) -> bool:
    """Whether an hour shortly before was anomalous to the same side."""
    before = (flags.get(hour.plus(-back)) for back in range(1, _QUIET_HOURS + 1))
    is_above = direction is Direction.ABOVE
    return any(flag is not None and (flag is Direction.ABOVE) == is_above for flag in before)


def _decision(look: Look, threshold: float) -> Decision:
    return Decision(
        status=Status.NORMAL,
        threshold=threshold,
        observed=look.observed,
        expected=look.expected,
        scale=look.scale,
        score=look.score,
        baseline=look.peers.comb.baseline,
        history=len(look.peers.values),
    )
