"""The upper tail of χ² for whole degrees of freedom."""

from __future__ import annotations

import math


def tail(x: float, df: int) -> float:
    """P(χ²_df >= x), in closed form.

    For even df it is e^(-x/2) Σ_{i < df/2} (x/2)^i / i!, for odd df
    erfc(√(x/2)) + e^(-x/2) Σ_{i = 1/2, 3/2, … df/2 - 1} (x/2)^i / Γ(i + 1)
    (Abramowitz and Stegun 26.4.4 and 26.4.5).

    >>> round(tail(3.841458820694124, 1), 12)
    0.05
    """
    half = x / 2
    is_odd = df % 2 == 1
    total = math.erfc(math.sqrt(half)) if is_odd else 0.0
    power = 0.5 if is_odd else 0.0
    term = math.exp(-half) * half**power / math.gamma(power + 1)
    while power <= df / 2 - 1:
        total += term
        power += 1
        term *= half / power
    return min(total, 1.0)
