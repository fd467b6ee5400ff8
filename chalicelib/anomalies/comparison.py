"""One hour beside what is expected of it: by how much it departs, and by what that is measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.anomalies.baseline import Peers
from chalicelib.model.anomaly import Metric

# A scale is never below this share of what is expected.
_FLOOR = 0.05
# The variance of the median of n values is about this much of an n-th of theirs.
_MEDIAN_ERROR = 1.5
# Anscombe: the root of a count and this has about the same noise whatever the count.
_ANSCOMBE = 0.375
# Of a scale, beside which nothing at all is not infinitely less.
_SOME = 0.1
# The deviation of a p95 over n latencies, by √n, where a latency's logarithm deviates by 1.
_P95_ERROR = 2.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Of a metric: the smallest departure that matters, and the least that a ratio divides by."""

    least: float
    unit: float
    # Chance alone, where so much is expected of so many events.
    noise: Callable[[float, int], float]


MEASURES = {
    Metric.VOLUME: Measure(10.0, 1.0, lambda value, _: math.sqrt(value + _ANSCOMBE)),
    Metric.LATENCY: Measure(10.0, 1.0, lambda value, n: _P95_ERROR * value / math.sqrt(n)),
    Metric.ERROR_RATE: Measure(
        0.02, 0.01, lambda value, n: math.sqrt((min(value, 1.0) + _ANSCOMBE / n) / n)
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    metric: Metric
    peers: Peers
    observed: float
    n: int
    expected: float
    spread: float

    @property
    def scale(self) -> float:
        """Return the spread, or what chance alone makes if that is more, and a little more.

        More, because the median of a few hours is not sure itself. And for a rise it is taken
        midway between that of what was expected and that of what came, were it to grow as the
        square root does, since what is rare comes in clusters.
        """
        if self.is_silence:
            # Nothing falls below zero, however wide the spread.
            return self._noise
        floor = _FLOOR * max(self.expected, self.measure.unit)
        unsure = math.sqrt(1 + _MEDIAN_ERROR / len(self.peers.values))
        scale = max(self.spread, self._noise, floor) * unsure
        some = _SOME * scale
        growth = math.sqrt((self.observed + some) / (self.expected + some))
        return scale * max(1.0, (1 + growth) / 2)

    @property
    def score(self) -> float:
        return (self.observed - self.expected) / self.scale

    @property
    def is_silence(self) -> bool:
        return self.metric is Metric.VOLUME and self.observed == 0 < self.expected

    @property
    def is_rise(self) -> bool:
        return self.observed > self.expected

    @property
    def matters(self) -> bool:
        """Whether anybody would mind: volumes both ways, latency and errors when they rise."""
        if abs(self.observed - self.expected) < self.measure.least:
            return False
        if self.is_rise:
            return self.observed >= self.peers.comb.rise * self.expected
        return (
            self.metric is Metric.VOLUME and self.observed * self.peers.comb.fall <= self.expected
        )

    @property
    def measure(self) -> Measure:
        return MEASURES[self.metric]

    @property
    def _noise(self) -> float:
        return self.measure.noise(self.expected, _counted(self.n))


def _counted(n: int) -> int:
    # An integer has no bounds, and a root of it has.
    return min(max(n, 1), 10**15)


def deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of at least one value.

    >>> deviation([1.0, 3.0])
    1.0
    """
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) * (value - mean) for value in values) / len(values))
