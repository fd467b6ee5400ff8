"""Means, variances and the covariance of users' values, in two passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from chalicelib.experiments.statistics.sample import Sample


@dataclass(frozen=True, slots=True)
class Moments:
    """Of values y and covariates x; `yy`, `xx` and `xy` are sums about the means.

    They are summed about the means because Σy² - (Σy)²/n has no digit left where the mean is 1e9
    times the deviation.
    """

    n: int
    mean_y: float
    mean_x: float
    yy: float
    xx: float
    xy: float

    @classmethod
    def of(cls, values: np.ndarray, covariates: np.ndarray) -> Moments:
        if not len(values):
            return cls(0, 0.0, 0.0, 0.0, 0.0, 0.0)
        mean_y, y = _centred(values)
        mean_x, x = _centred(covariates)
        return cls(len(y), mean_y, mean_x, float(y @ y), float(x @ x), float(x @ y))

    def __add__(self, other: Moments) -> Moments:
        """Pool two groups (Chan, Golub and LeVeque, 1979)."""
        n = self.n + other.n
        if not n:
            return self
        y, x = other.mean_y - self.mean_y, other.mean_x - self.mean_x
        between = self.n * other.n / n
        return Moments(
            n,
            self.mean_y + y * other.n / n,
            self.mean_x + x * other.n / n,
            self.yy + other.yy + y * y * between,
            self.xx + other.xx + x * x * between,
            self.xy + other.xy + x * y * between,
        )


def pooled(groups: Iterable[Moments]) -> Moments:
    return reduce(Moments.__add__, groups)


def sample_of(values: np.ndarray) -> Sample:
    """Return n, the mean and s² = Σ(y - ȳ)² / (n - 1).

    >>> sample_of(np.array([1.0, 2.0, 3.0]))
    Sample(n=3, mean=2.0, variance=1.0)
    """
    if not len(values):
        return Sample(0, 0.0, 0.0)
    mean, centred = _centred(values)
    return Sample(len(values), mean, float(centred @ centred) / max(len(values) - 1, 1))


def _centred(values: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean and what is left of each value, with the mean's own rounding taken out."""
    mean = float(np.mean(values))
    left = values - mean
    rest = float(np.mean(left))
    return mean + rest, left - rest
