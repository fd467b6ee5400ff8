"""Merge the partials of an experiment's hours into what was observed of each user.

Hours are read one after the other, twice: for their exposures, then for the events of the
experiment's metrics. What is held is a few numbers a user, however many hours there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from chalicelib.experiments.merge_exposures import Cohort, cohort_of
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.tally import Placed, Tally
from chalicelib.experiments.window import Window
from chalicelib.lake.experiment_partials import EXPOSURES
from chalicelib.lake.partial_files import KindRows
from chalicelib.model.experiment import Experiment
from chalicelib.model.hour import Hour

# The rows of some kinds in each of these hours, in their order; an hour may have none.
type ReadHours = Callable[[Sequence[Hour], Collection[str]], Iterator[tuple[Hour, list[KindRows]]]]


def observe(
    experiment: Experiment,
    window: Window,
    covered: Collection[Hour],
    read_hours: ReadHours,
    at_ms: int,
) -> Observed:
    """Observe an experiment in those hours of its window and pre-period that are covered."""
    hours = [hour for hour in window.hours if hour in covered]
    exposures = (rows for _, kinds in read_hours(hours, {EXPOSURES}) for rows in kinds)
    variants = [variant.key for variant in experiment.variants]
    cohort = cohort_of(experiment.experiment_id, variants, exposures)
    n_all = len(window.all_hours)
    all_hours = [hour for hour in window.all_hours if hour in covered]
    tallies = _tallies(experiment, window, cohort, read_hours, all_hours)
    return Observed(
        experiment=experiment,
        at_ms=at_ms,
        hours_covered=len(all_hours),
        hours_missing=n_all - len(all_hours),
        exposed={variant: cohort.size(index) for index, variant in enumerate(variants)},
        crossovers=cohort.crossovers,
        exposures_of_unknown_variants=cohort.n_unknown,
        converted_before_exposure={
            tally.metric.key: tally.converted_before_exposure() for tally in tallies
        },
        users_without_exposure={
            tally.metric.key: tally.users_without_exposure() for tally in tallies
        },
        arms={
            tally.metric.key: {
                variant: tally.arm(index, has_pre_period=experiment.pre_period_hours > 0)
                for index, variant in enumerate(variants)
            }
            for tally in tallies
        },
    )


def _tallies(
    experiment: Experiment,
    window: Window,
    cohort: Cohort,
    read_hours: ReadHours,
    hours: Sequence[Hour],
) -> list[Tally]:
    tallies = [Tally(metric, cohort, experiment.horizon_hours) for metric in experiment.metrics]
    by_kind: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_kind[tally.metric.event_type].append(tally)
    for hour, kinds in read_hours(hours, by_kind.keys()):
        for rows in kinds:
            placed = Placed.of(rows, cohort, in_window=hour >= window.first)
            for tally in by_kind[rows.kind]:
                tally.add(placed)
    return tallies
