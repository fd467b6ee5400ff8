"""Tests for one look at a sample that was fixed beforehand; for reference, never for verdicts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chalicelib.experiments.statistics import normal, student
from chalicelib.experiments.statistics.interval import Interval
from chalicelib.experiments.statistics.sample import Sample
from chalicelib.experiments.statistics.sequential import standard_error


@dataclass(frozen=True, slots=True)
class Tested:
    """`statistic` is t or z, and `df` None for z."""

    statistic: float
    p: float
    df: float | None = None


def welch(a: Sample, b: Sample) -> Tested | None:
    """Welch's t test of b - a; None if it can't be computed.

    t = (b̄ - ā) / √(v_a + v_b), df = (v_a + v_b)² / (v_a²/(n_a - 1) + v_b²/(n_b - 1))
    (Welch, 1947).
    """
    error = standard_error(a, b)
    if min(a.n, b.n) < 2 or error == 0:
        return None
    t = (b.mean - a.mean) / error
    df = _degrees(a, b)
    return Tested(t, student.two_sided_tail(t, df), df)


def welch_interval(a: Sample, b: Sample, alpha: float) -> Interval | None:
    """b̄ - ā ± t_{1 - α/2, df} · √(v_a + v_b); None if it can't be computed."""
    error = standard_error(a, b)
    if min(a.n, b.n) < 2 or error == 0:
        return None
    half = student.critical(alpha, _degrees(a, b)) * error
    difference = b.mean - a.mean
    return Interval(difference, difference - half, difference + half)


def two_proportions(a: Sample, b: Sample) -> Tested | None:
    """The z test of two shares with the variance of both pooled; None if it can't be computed.

    z = (p_b - p_a) / √(p(1 - p)(1/n_a + 1/n_b)), where p is the share over both
    (Fleiss, Statistical Methods for Rates and Proportions).
    """
    if not a.n or not b.n:
        return None
    share = (a.n * a.mean + b.n * b.mean) / (a.n + b.n)
    error = math.sqrt(max(share * (1 - share), 0.0) * (1 / a.n + 1 / b.n))
    if error == 0:
        return None
    z = (b.mean - a.mean) / error
    return Tested(z, normal.two_sided_tail(z))


def _degrees(a: Sample, b: Sample) -> float:
    # By shares of their sum, whose squares can't underflow.
    total = a.mean_variance + b.mean_variance
    share_a, share_b = a.mean_variance / total, b.mean_variance / total
    return 1 / (share_a**2 / (a.n - 1) + share_b**2 / (b.n - 1))
