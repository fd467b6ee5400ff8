"""Student's t without a statistics library: two-sided tail and critical value."""

from __future__ import annotations

import math

from chalicelib.experiments.statistics import normal

# From here on Hill's transformation is more exact than what the logarithm of the beta function
# leaves after its terms have cancelled.
_HILL_FROM = 200.0
_TINY = 1e-300
_ENOUGH = 1e-16
_MOST_STEPS = 500


def two_sided_tail(t: float, df: float) -> float:
    """P(|T_df| >= |t|) for any df > 0, to about 1e-12.

    Below df 200 it is the regularised incomplete beta I_x(df/2, 1/2), x = df / (df + t²), by
    Lentz's continued fraction (Press et al., Numerical Recipes 6.4); from there on Hill's
    transformation to a normal deviate (ACM Algorithm 395, 1970).

    >>> round(two_sided_tail(2.2281388519649385, 10), 9)
    0.05
    """
    if df >= _HILL_FROM:
        return normal.two_sided_tail(_hill(t, df))
    squared = t * t
    return _incomplete_beta(df / (df + squared), squared / (df + squared), df / 2)


def critical(alpha: float, df: float) -> float:
    """The t that is exceeded, on both sides together, with probability `alpha`.

    Newton's method from the normal quantile: the tail is convex and falls, and the start is too
    small, so every step goes up and none goes too far.

    >>> round(critical(0.05, 10), 9)
    2.228138852
    """
    t = normal.quantile(1 - alpha / 2)
    for _ in range(_MOST_STEPS):
        step = (two_sided_tail(t, df) - alpha) / (2 * _density(t, df))
        t += step
        if abs(step) <= 1e-14 * t:
            break
    return t


def _hill(t: float, df: float) -> float:
    a = df - 0.5
    b = 48 * a * a
    square = a * math.log1p(t * t / df)
    inner = ((-0.4 * square - 3.3) * square - 24) * square - 85.5
    series = (inner / (0.8 * square * square + 100 + b) + square + 3) / b + 1
    return math.sqrt(square) * series


def _incomplete_beta(x: float, rest: float, a: float) -> float:
    """I_x(a, 1/2); `rest` is 1 - x, which a caller knows without cancellation."""
    if x == 0 or rest == 0:
        return x
    front = math.exp(a * math.log(x) + 0.5 * math.log(rest) - _log_beta(a))
    # The fraction converges fast on this side of the mean, and by symmetry on the other.
    if x < (a + 1) / (a + 2.5):
        return front * _fraction(x, a, 0.5) / a
    return 1 - front * _fraction(rest, 0.5, a) / 0.5


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's modified method."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            c = _not_zero(1 + factor / c)
            d = 1 / _not_zero(1 + factor * d)
            value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _density(t: float, df: float) -> float:
    log_front = -0.5 * math.log(df) - _log_beta(df / 2)
    return math.exp(log_front - (df + 1) / 2 * math.log1p(t * t / df))


def _log_beta(a: float) -> float:
    """Log B(a, 1/2) = log Γ(1/2) - (log Γ(a + 1/2) - log Γ(a)).

    At large `a` the two cancel, so the difference is taken from its asymptotic series (DLMF
    5.11.13).
    """
    if a < _HILL_FROM / 2:
        return math.lgamma(a) + math.lgamma(0.5) - math.lgamma(a + 0.5)
    rise = 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)
    return math.lgamma(0.5) - rise
