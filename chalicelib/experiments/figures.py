"""The numbers of each metric and variant, as they are stored and answered."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.experiments.comparison import Compared, Tally
from chalicelib.experiments.explanation import explain
from chalicelib.experiments.measured import Measured
from chalicelib.experiments.statistics.holm import holm
from chalicelib.experiments.statistics.interval import Interval
from chalicelib.experiments.verdict import Case
from chalicelib.model.experiment import MetricKind
from chalicelib.model.experiment_results import (
    Comparison,
    Estimate,
    MetricResults,
    Role,
    VariantFigures,
)

# By metric and variant.
type Corrected = Mapping[tuple[str, str], float]


def figures(case: Case) -> tuple[MetricResults, ...]:
    corrected = _corrected(case)
    return tuple(_metric(case, measured, corrected) for measured in case.measured)


def _corrected(case: Case) -> Corrected:
    """Correct the p values of all comparisons that don't decide, together."""
    found = {
        (one.metric.key, variant): compared.p
        for one in case.measured
        if one.role is not Role.PRIMARY
        for variant, compared in one.compared.items()
        if isinstance(compared, Compared)
    }
    return dict(zip(found, holm(list(found.values())), strict=True))


def _metric(case: Case, measured: Measured, corrected: Corrected) -> MetricResults:
    metric, tallies = measured.metric, measured.tallies
    return MetricResults(
        key=metric.key,
        role=measured.role,
        kind=metric.kind,
        direction=metric.direction,
        explanation=explain(metric, tallies, case.observed.experiment.horizon_hours),
        variants=tuple(
            _variant(case, measured, variant, corrected) for variant in tallies.by_variant
        ),
        cap=tallies.cap.high if tallies.cap else None,
        floor=tallies.cap.low if tallies.cap and tallies.cap.low < 0 else None,
        theta=tallies.theta,
        converted_before_exposure=case.observed.converted_before_exposure.get(metric.key, 0),
        users_without_exposure=case.observed.users_without_exposure.get(metric.key, 0),
    )


def _variant(case: Case, measured: Measured, variant: str, corrected: Corrected) -> VariantFigures:
    found = measured.tallies.by_variant[variant]
    is_conversion = measured.metric.kind is MetricKind.CONVERSION
    is_control = variant == case.observed.experiment.control
    return VariantFigures(
        variant=variant,
        users=found.plain.n,
        converters=found.nonzero if is_conversion else None,
        nonzero_users=found.nonzero,
        mean=found.plain.mean,
        adjusted_mean=None if measured.tallies.theta is None else found.sample.mean,
        comparison=None if is_control else _comparison(case, measured, variant, corrected),
    )


def _comparison(case: Case, measured: Measured, variant: str, corrected: Corrected) -> Comparison:
    compared = measured.compared[variant]
    control = measured.tallies.by_variant[case.observed.experiment.control]
    if not isinstance(compared, Compared):
        return Comparison(
            difference=Estimate(_difference(control, measured.tallies.by_variant[variant])),
            lift=_plain_lift(control, measured.tallies.by_variant[variant]),
            p=None,
            fixed_horizon_p=None,
            lacking=compared,
        )
    return Comparison(
        difference=_estimate(compared.difference),
        lift=_estimate(compared.lift) if compared.lift else None,
        p=compared.p,
        fixed_horizon_p=compared.fixed_horizon_p,
        holm_p=corrected.get((measured.metric.key, variant)),
        power=measured.power(case.plan, variant),
        users_needed=measured.users_needed(case.plan, variant),
    )


def _difference(control: Tally, variant: Tally) -> float:
    return variant.sample.mean - control.sample.mean


def _plain_lift(control: Tally, variant: Tally) -> Estimate | None:
    if control.sample.mean <= 0 or not variant.sample.n:
        return None
    return Estimate(variant.sample.mean / control.sample.mean - 1)


def _estimate(interval: Interval) -> Estimate:
    return Estimate(interval.value, interval.low, interval.high)
