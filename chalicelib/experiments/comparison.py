"""A variant compared with the control, once there is enough data to do so."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.experiments.statistics.fixed_horizon import two_proportions, welch
from chalicelib.experiments.statistics.interval import Interval
from chalicelib.experiments.statistics.lift import fieller
from chalicelib.experiments.statistics.sample import Sample
from chalicelib.experiments.statistics.sequential import Sequential, standard_error
from chalicelib.model.experiment import MetricKind
from chalicelib.model.experiment_results import Cause

# Below these the normal approximation fails, and worst where variants are unequal: with a split
# of 90 to 10, ten thousand users and no difference, 13 % of experiments would be called losing.
LEAST_USERS = 100
LEAST_CONVERTERS = 25
LEAST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """One variant's users: `plain` as they were seen, `sample` adjusted by the pre-period.

    `nonzero` counts those whose value isn't zero.
    """

    plain: Sample
    sample: Sample
    nonzero: int

    @classmethod
    def of_conversions(cls, users: int, converters: int) -> Tally:
        sample = Sample.of_conversions(users, converters)
        return cls(sample, sample, converters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The intervals are always valid; `lift` is None where the control's mean is negative."""

    difference: Interval
    lift: Interval | None
    p: float
    fixed_horizon_p: float | None
    standard_error: float
    critical: float


def compare(
    kind: MetricKind, control: Tally, variant: Tally, sequential: Sequential
) -> Compared | Cause:
    """Compare two variants, or say what is lacking."""
    a, b = control.sample, variant.sample
    lacking = _lacking(kind, control) or _lacking(kind, variant)
    if lacking:
        return lacking
    error = standard_error(a, b)
    if error == 0:
        return Cause.NO_VARIATION
    n = a.n + b.n
    critical = sequential.critical(n)
    lift = fieller(a, b, critical)
    if lift is None:
        return Cause.BASELINE_NEAR_ZERO
    difference = b.mean - a.mean
    half = critical * error
    return Compared(
        difference=Interval(difference, difference - half, difference + half),
        lift=lift if a.mean > 0 else None,
        p=sequential.p(difference / error, n),
        fixed_horizon_p=_fixed_horizon_p(kind, control.plain, variant.plain),
        standard_error=error,
        critical=critical,
    )


def _lacking(kind: MetricKind, tally: Tally) -> Cause | None:
    if tally.sample.n < LEAST_USERS:
        return Cause.TOO_FEW_USERS
    if kind is MetricKind.CONVERSION:
        return Cause.TOO_FEW_CONVERTERS if tally.nonzero < LEAST_CONVERTERS else None
    return Cause.TOO_FEW_VALUES if tally.nonzero < LEAST_VALUES else None


def _fixed_horizon_p(kind: MetricKind, a: Sample, b: Sample) -> float | None:
    tested = two_proportions(a, b) if kind is MetricKind.CONVERSION else welch(a, b)
    return tested.p if tested else None
