"""How many users an effect takes to be seen, and how likely it is to be seen."""

from __future__ import annotations

import math

from chalicelib.experiments.statistics import normal
from chalicelib.experiments.statistics.sample import Sample

POWER = 0.8
# A sequential test with twice the sample of a fixed horizon finds the effect in 86 %; with just
# that sample it would find it in 51 %.
SEQUENTIAL_FACTOR = 2


def users_per_arm(
    a: Sample, b: Sample, lift: float, *, alpha: float = 0.05, power: float = POWER
) -> float:
    """The fixed-horizon sample: (z_{1 - α/2} + z_power)² (s_a² + s_b²) / (ā · lift)².

    (Lehr's formula in full; van Belle, Statistical Rules of Thumb, chapter 2.)

    Raises:
        ZeroDivisionError: the control's mean, or the lift, is 0.

    >>> control = Sample.of_conversions(1_000, 30)
    >>> round(users_per_arm(control, control, 0.1))
    50756
    """
    deviates = normal.quantile(1 - alpha / 2) + normal.quantile(power)
    return deviates**2 * (a.variance + b.variance) / (a.mean * lift) ** 2


def users_in_pair(a: Sample, b: Sample, lift: float, *, share_a: float, alpha: float) -> int:
    """The users of both variants that the sequential test should be planned for.

    Twice the fixed-horizon sample, in which `share_a` of the users are the control's: its means
    have the variance (s_a² / share + s_b² / (1 - share)) / N.

    Raises:
        ZeroDivisionError: as `users_per_arm`.
    """
    weighted_a = Sample(a.n, a.mean, a.variance / share_a)
    weighted_b = Sample(b.n, b.mean, b.variance / (1 - share_a))
    return math.ceil(SEQUENTIAL_FACTOR * users_per_arm(weighted_a, weighted_b, lift, alpha=alpha))


def power(effect: float, standard_error: float, critical: float) -> float:
    """The probability that an effect is found at this look: Φ(δ - q) + Φ(-δ - q), δ = effect/se.

    >>> round(power(2.8, 1.0, 1.96), 3)
    0.8
    """
    deviate = abs(effect) / standard_error
    return normal.below(deviate - critical) + normal.below(-deviate - critical)
