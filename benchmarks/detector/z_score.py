"""What the detector is compared with: a z-score over all history, as is often done."""

from __future__ import annotations

import math
from collections.abc import Iterator

from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour
from ops.backtest.case import Case

LEAST_HISTORY = 24


def beyond(case: Case, threshold: float = 3.0) -> list[Hour]:
    """List each hour that is so many standard deviations from the mean of all hours before.

    Volumes are judged both ways, latencies and errors when they rise, as the detector does.
    """
    return [hour for hour, score in _scores(case) if _counts(case.metric, score) >= threshold]


def rising(case: Case, threshold: float = 3.0) -> list[Hour]:
    """List the first of each run of such hours."""
    hours = beyond(case, threshold)
    known = set(hours)
    return [hour for hour in hours if hour.plus(-1) not in known]


def _counts(metric: Metric, score: float) -> float:
    return abs(score) if metric is Metric.VOLUME else score


def _scores(case: Case) -> Iterator[tuple[Hour, float]]:
    """Score each hour; the mean and the sum of squares are Welford's."""
    mean = squares = 0.0
    for n, hour in enumerate(sorted(case.series)):
        value = case.series[hour].value
        if n >= LEAST_HISTORY and squares > 0:
            yield hour, (value - mean) / math.sqrt(squares / n)
        step = value - mean
        mean += step / (n + 1)
        squares += step * (value - mean)
