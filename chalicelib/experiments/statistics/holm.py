"""Holm's correction for many comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values so that all of them together are wrong no more often than one.

    The i-th smallest of m becomes the largest of (m - j + 1) · p_(j) over j <= i, at most 1
    (Holm, 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    scaled = ((len(p_values) - rank) * p_values[index] for rank, index in enumerate(order))
    adjusted = dict(zip(order, accumulate(scaled, max), strict=True))
    return [min(1.0, adjusted[index]) for index in range(len(p_values))]
