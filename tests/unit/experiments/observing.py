"""Observations with everything that a test is not about filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Arm, Observed
from chalicelib.model.experiment import (
    Direction,
    Experiment,
    Metric,
    MetricKind,
    Status,
    Variant,
)
from chalicelib.model.experiment_results import (
    Comparison,
    Look,
    MetricResults,
    Results,
    Verdict,
)

NOON = 1_795_262_400_000
PURCHASES = Metric(key="purchase_rate", event_type="purchase")
REVENUE = Metric(
    key="revenue",
    event_type="purchase",
    kind=MetricKind.SUM,
    property="amount",
    currency="EUR",
)
ERRORS = Metric(key="error_rate", event_type="error", direction=Direction.DECREASE)
EXPERIMENT = Experiment(
    experiment_id="checkout",
    name="Checkout",
    salt="checkout",
    variants=(Variant("control", 5_000), Variant("green", 5_000)),
    control="control",
    primary=PURCHASES,
    status=Status.RUNNING,
    planned_users=20_000,
)
OBSERVED = Observed(
    experiment=EXPERIMENT,
    at_ms=NOON,
    hours_covered=100,
    hours_missing=0,
    exposed={},
    crossovers=0,
    exposures_of_unknown_variants=0,
    converted_before_exposure={},
    users_without_exposure={},
    arms={},
)

type Arms = Mapping[str, Mapping[str, Arm]]


def make_experiment(**changes: object) -> Experiment:
    return replace(EXPERIMENT, **changes)  # type: ignore[arg-type]  # a test's own field names


def make_observed(
    experiment: Experiment = EXPERIMENT, arms: Arms | None = None, **changes: object
) -> Observed:
    """Users exposed are those of the primary metric, unless given."""
    found = arms or {}
    users = {key: arm.n_users for key, arm in found.get(experiment.primary.key, {}).items()}
    observed = replace(OBSERVED, experiment=experiment, arms=found, exposed=users)
    return replace(observed, **changes)  # type: ignore[arg-type]  # as above


def converted(users: int, converters: int) -> Arm:
    return Arm(users, np.repeat([1.0, 0.0], [converters, users - converters]), None)


def valued(values: Sequence[float] | np.ndarray, before: np.ndarray | None = None) -> Arm:
    return Arm(len(values), np.asarray(values, dtype=np.float64), before)


def nobody() -> Arm:
    return converted(0, 0)


def conclude(
    control: Arm, green: Arm, experiment: Experiment = EXPERIMENT, **changes: object
) -> Results:
    """Analyze two variants by the primary metric alone."""
    arms = {experiment.primary.key: {"control": control, "green": green}}
    return analyze(make_observed(experiment, arms, **changes))


def metric_of(results: Results, key: str) -> MetricResults:
    [found] = [metric for metric in results.metrics if metric.key == key]
    return found


def comparison_of(
    results: Results, key: str = "purchase_rate", variant: str = "green"
) -> Comparison:
    [found] = [one for one in metric_of(results, key).variants if one.variant == variant]
    assert found.comparison
    return found.comparison


def make_look(**changes: object) -> Look:
    look = Look(
        at_ms=NOON - 3_600_000,
        variant="green",
        users=1_000,
        lift=0.1,
        low=0.01,
        high=0.2,
        p=0.01,
        verdict=Verdict.WINNING,
    )
    return replace(look, **changes)  # type: ignore[arg-type]  # as above
