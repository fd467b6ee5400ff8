"""The relative lift of a variant over the control, with Fieller's interval."""

from __future__ import annotations

import math

from chalicelib.experiments.statistics.interval import Interval
from chalicelib.experiments.statistics.sample import Sample


def fieller(a: Sample, b: Sample, critical: float) -> Interval | None:
    """Return b over control a, minus 1; None if a's mean can't be told from zero.

    The interval holds every r for which b - ra is within `critical` standard errors of zero
    (Fieller, 1954): with A = ā² - q²v_a, B = āb̄ and C = b̄² - q²v_b it is
    (B ± √(B² - AC)) / A - 1. It excludes 0 exactly when the difference of the means is more than
    `critical` standard errors, which the delta method doesn't do.

    >>> lift = fieller(Sample(10_000, 2.0, 4.0), Sample(10_000, 2.2, 4.0), 3.0)
    >>> round(lift.value, 3), round(lift.low, 3), round(lift.high, 3)
    (0.1, 0.056, 0.146)
    """
    square = critical * critical
    spare = a.mean * a.mean - square * a.mean_variance
    if spare <= 0:
        return None
    both = a.mean * b.mean
    # B² - AC multiplied out, so that the large parts cancel on paper and not in doubles.
    under = square * (
        b.mean * b.mean * a.mean_variance
        + a.mean * a.mean * b.mean_variance
        - square * a.mean_variance * b.mean_variance
    )
    root = math.copysign(math.sqrt(max(under, 0.0)), both)
    # One end is a sum; the other would cancel, and follows from the product of both, C / A.
    far = (both + root) / spare
    near = (b.mean * b.mean - square * b.mean_variance) / (both + root) if far else 0.0
    return Interval(b.mean / a.mean - 1, min(far, near) - 1, max(far, near) - 1)
