"""From what was observed to results: every number, and the verdict on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.experiments.comparison import Compared
from chalicelib.experiments.conclusion import conclude
from chalicelib.experiments.figures import figures
from chalicelib.experiments.measured import Measured, measure
from chalicelib.experiments.notes import notes
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.plan import Plan
from chalicelib.experiments.statistics.sample_ratio import SampleRatio, check_split
from chalicelib.experiments.tallies import NOBODY, tally
from chalicelib.experiments.verdict import Case, Decided, decide, headline
from chalicelib.model.experiment import Experiment, Metric
from chalicelib.model.experiment_results import (
    Exclusions,
    Look,
    Results,
    Role,
    Split,
    SplitRow,
)


def analyze(observed: Observed, looks: Sequence[Look] = ()) -> Results:
    """Compute results; `looks` are those of earlier results, which are kept.

    It depends on its arguments alone. Computed again for the same `at_ms`, it replaces the look
    of that time.
    """
    plan = Plan(observed.experiment)
    split = check_split(observed.exposed, observed.experiment.weights())
    measured = [
        _measure(metric, role, observed, plan) for metric, role in _roles(observed.experiment)
    ]
    case = Case(observed, plan, split, measured)
    decided = [decide(case, variant) for variant in plan.variants]
    earlier = [look for look in looks if look.at_ms < observed.at_ms]
    return _results(case, decided, earlier)


def _roles(experiment: Experiment) -> Iterator[tuple[Metric, Role]]:
    yield experiment.primary, Role.PRIMARY
    for metric in experiment.secondary:
        yield metric, Role.SECONDARY
    for metric in experiment.guardrails:
        yield metric, Role.GUARDRAIL


def _measure(metric: Metric, role: Role, observed: Observed, plan: Plan) -> Measured:
    arms = observed.arms.get(metric.key, {})
    keys = observed.experiment.weights()
    tallies = tally(metric.kind, {key: arms.get(key, NOBODY) for key in keys})
    return measure(metric, role, tallies, plan)


def _results(case: Case, decided: Sequence[Decided], earlier: Sequence[Look]) -> Results:
    observed, experiment = case.observed, case.observed.experiment
    conclusions = {one.variant: conclude(case, one) for one in decided}
    return Results(
        experiment_id=experiment.experiment_id,
        version=experiment.version,
        status=experiment.status,
        control=experiment.control,
        at_ms=observed.at_ms,
        hours_covered=observed.hours_covered,
        hours_missing=observed.hours_missing,
        alpha=case.plan.alpha,
        planned_users=case.plan.planned_users,
        users=case.users,
        conclusion=conclusions[headline(decided, case.primary).variant],
        conclusions=tuple(conclusions.values()),
        metrics=figures(case),
        split=_split(case.split, experiment.weights()),
        exclusions=Exclusions(observed.crossovers, observed.exposures_of_unknown_variants),
        notes=notes(case, decided, earlier),
        looks=(*earlier, *(_look(case, one) for one in decided)),
    )


def _split(split: SampleRatio, weights: Mapping[str, int]) -> Split:
    whole = sum(weights.values())
    rows = tuple(
        SplitRow(cell.variant, weights[cell.variant] / whole, cell.users, cell.expected)
        for cell in split.cells
    )
    return Split(rows, split.p, split.is_mismatch)


def _look(case: Case, decided: Decided) -> Look:
    tallies = case.primary.tallies.by_variant
    pair = (case.observed.experiment.control, decided.variant)
    look = Look(
        at_ms=case.observed.at_ms,
        variant=decided.variant,
        users=sum(tallies[variant].plain.n for variant in pair),
        lift=None,
        low=None,
        high=None,
        p=None,
        verdict=decided.verdict,
    )
    compared = case.primary.compared[decided.variant]
    if not isinstance(compared, Compared):
        return look
    if compared.lift is None:
        return replace(look, p=compared.p)
    lift = compared.lift
    return replace(look, lift=lift.value, low=lift.low, high=lift.high, p=compared.p)
