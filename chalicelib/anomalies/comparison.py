"""One hour compared with what is expected of it: how far it deviates, and on what scale."""

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
# A share of the scale, added so that zero is not infinitely less than anything.
_SOME = 0.1
# The deviation of a p95 over n latencies, by √n, where a latency's logarithm deviates by 1.
_P95_ERROR = 2.0


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Of a metric: `least` is the smallest departure that matters, `unit` the least divisor."""

    least: float
    unit: float
    # The deviation by chance alone, given what is expected and of how many events.
    noise: Callable[[float, int], float]


YARDSTICKS = {
    Metric.VOLUME: Yardstick(10.0, 1.0, lambda value, _: math.sqrt(value + _ANSCOMBE)),
    Metric.LATENCY: Yardstick(10.0, 1.0, lambda value, n: _P95_ERROR * value / math.sqrt(n)),
    Metric.ERROR_RATE: Yardstick(
        0.02, 0.01, lambda value, n: math.sqrt((min(value, 1.0) + _ANSCOMBE / n) / n)
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    metric: Metric
    peers: Peers
    observed: float
    n: int
    expected: float
    spread: float

    @property
    def scale(self) -> float:
        """Return the spread, or the noise of chance alone if that is larger, widened a little.

        It is widened because the median of a few hours is uncertain itself. For a rise it is also
        taken midway between the scale of what was expected and that of what was observed, which
        grows with the square root, since rare events come in clusters.
        """
        if self.is_silence:
            # Nothing falls below zero, however wide the spread.
            return self._noise
        floor = _FLOOR * max(self.expected, self.yardstick.unit)
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
        """Whether it is worth an alert: volumes both ways, latency and errors if they rise."""
        if abs(self.observed - self.expected) < self.yardstick.least:
            return False
        if self.is_rise:
            return self.observed >= self.peers.window.rise * self.expected
        return (
            self.metric is Metric.VOLUME
            and self.observed * self.peers.window.fall <= self.expected
        )

    @property
    def yardstick(self) -> Yardstick:
        return YARDSTICKS[self.metric]

    @property
    def _noise(self) -> float:
        return self.yardstick.noise(self.expected, _counted(self.n))


def _counted(n: int) -> int:
    # An integer is unbounded, but its root as a double is not.
    return min(max(n, 1), 10**15)


def deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of at least one value.

    >>> deviation([1.0, 3.0])
    1.0
    """
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) * (value - mean) for value in values) / len(values))
