"""Values capped at a percentile of all users, so that no single user decides an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PERCENTILE = 0.999


@dataclass(frozen=True, slots=True)
class Cap:
    """`low` is 0 unless there are values below zero, which are capped alike."""

    low: float
    high: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        capped: np.ndarray = np.clip(values, self.low, self.high)
        return capped


def pooled_cap(groups: Sequence[np.ndarray]) -> Cap | None:
    """The 99.9th percentile over the users of all variants together; None without users.

    It is pooled because a cap for each variant would hide a difference in the tail that is due
    to the variant. Percentiles are interpolated linearly (Hyndman and Fan, 1996, type 7).
    """
    everyone = np.concatenate(groups) if groups else np.empty(0)
    if not len(everyone):
        return None
    low, high = (float(q) for q in np.quantile(everyone, (1 - PERCENTILE, PERCENTILE)))
    return Cap(min(low, 0.0), high)
