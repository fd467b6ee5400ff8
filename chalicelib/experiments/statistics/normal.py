"""The normal distribution: two-sided tail and quantile."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def two_sided_tail(z: float) -> float:
    """P(|Z| >= |z|) = erfc(|z| / √2), which keeps its precision far out.

    >>> round(two_sided_tail(-1.959963984540054), 12)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def below(z: float) -> float:
    """P(Z <= z) = erfc(-z / √2) / 2."""
    return math.erfc(-z / math.sqrt(2)) / 2


def quantile(p: float) -> float:
    """The z that a share `p` is below (Wichura's AS 241, by the standard library).

    >>> round(quantile(0.975), 6)
    1.959964
    """
    return _NORMAL.inv_cdf(p)
