"""A made-up series in the making: a level hour by hour, anomalies planted in it, then noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from chalicelib.anomalies.detector import LEAST_N, Point
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour
from ops.backtest.case import Case, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    type Drawn = NDArray[np.float64 | np.int64]

DAY, WEEK = 24, 168
WEEKS = 10
MONDAY = Hour.parse("2026-01-05T00")

# Of a p95 over n latencies, when these spread as logarithms do with a deviation of 0.7.
_P95_ERROR = 1.5


@dataclass(slots=True)
class Sketch:
    """`level` is what is expected of each hour: events, milliseconds or a share."""

    chance: np.random.Generator
    level: Floats
    planted: list[tuple[int, int]] = field(default_factory=list)
    absent: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, chance: np.random.Generator, level: float, hours: int = WEEKS * WEEK) -> Sketch:
        return cls(chance, np.full(hours, float(level)))

    @property
    def clock(self) -> NDArray[np.int64]:
        """The hours since Monday, midnight."""
        return np.arange(len(self.level))

    def daily(self, swing: float) -> Sketch:
        """Let afternoons be busier than the mean by this share, and nights quieter by as much."""
        self.level *= 1 + swing * np.sin((self.clock - 9) / DAY * 2 * np.pi)
        return self

    def weekend(self, factor: float) -> Sketch:
        self.level[self.clock % WEEK >= 5 * DAY] *= factor
        return self

    def growing(self, a_week: float) -> Sketch:
        self.level *= (1 + a_week) ** (self.clock / WEEK)
        return self

    def plant(
        self, factor: float, hours: int, count: int, *, after: int, least: float = 0.0
    ) -> Sketch:
        """Multiply the level by `factor` in `count` places, spread evenly over what follows.

        Only hours whose level is at least `least` begin one, so that a person would call it one.
        """
        edges = np.linspace(after, len(self.level) - hours - 6, count + 1).astype(int)
        for low, high in pairwise(edges):
            fit = [at for at in range(low, max(low + 1, high - 2 * DAY)) if self._fits(at, least)]
            if fit:
                self.plant_at(int(self.chance.choice(fit)), factor, hours)
        return self

    def plant_at(self, at: int, factor: float, hours: int, labelled: int = 0) -> Sketch:
        """Change the level from here on, and label these hours, or so many of them."""
        self.level[at : at + hours] *= factor
        self.planted.append((at, at + (labelled or hours) - 1))
        return self

    def _fits(self, at: int, least: float) -> bool:
        is_free = all(not first - DAY <= at <= last + DAY for first, last in self.planted)
        return is_free and bool(self.level[at] >= least)

    def counted(self, name: str, spread: float = 0.0) -> Case:
        """Draw volumes: by chance alone, or with a relative spread on top of it."""
        level = np.maximum(self.level, 0.0)
        if spread:
            level = level * self.chance.gamma(spread**-2, spread**2, len(level))
        events = self.chance.poisson(level)
        return self._case(name, Metric.VOLUME, events, events)

    def timed(self, name: str, traffic: Floats, spread: float = 0.05) -> Case:
        """Draw p95 latencies, each over as many events as the traffic brings."""
        n = self.chance.poisson(traffic)
        error = np.sqrt(spread**2 + _P95_ERROR**2 / np.maximum(n, 1))
        return self._case(name, Metric.LATENCY, self.level * np.exp(error * self._normal()), n)

    def failed(self, name: str, traffic: Floats, spread: float = 0.2) -> Case:
        """Draw shares of errors, each over as many events as the traffic brings."""
        n = self.chance.poisson(traffic)
        share = np.clip(self.level * np.exp(spread * self._normal()), 0, 1)
        errors = self.chance.binomial(n, share)
        return self._case(name, Metric.ERROR_RATE, errors / np.maximum(n, 1), n)

    def _normal(self) -> Floats:
        return self.chance.standard_normal(len(self.level))

    def _case(self, name: str, metric: Metric, values: Drawn, n: Drawn) -> Case:
        points = zip(values.tolist(), n.tolist(), strict=True)
        series = {
            MONDAY.plus(at): Point(float(value), int(count))
            for at, (value, count) in enumerate(points)
            if at not in self.absent and (metric is Metric.VOLUME or count >= LEAST_N[metric])
        }
        windows = tuple(Window(MONDAY.plus(a), MONDAY.plus(b)) for a, b in sorted(self.planted))
        return Case(name=name, metric=metric, series=series, windows=windows)
