"""Compute the results of every experiment whose hours have changed since they were computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import orjson

from chalicelib.errors import PipelineError, Superseded
from chalicelib.experiments.computation import Computation
from chalicelib.experiments.merge import observe
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.ports import Definitions, PartialNames, StoredResults
from chalicelib.experiments.read_partials import ReadPartials
from chalicelib.experiments.window import Window
from chalicelib.model import definition
from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import Look, Results
from chalicelib.model.hour import Hour
from chalicelib.ports import Clock, RemainingTime

type Analyze = Callable[[Observed, Sequence[Look]], Results]

# Events may be a month late. After three, results outlast the hours that they were made of.
FINAL_AFTER_HOURS = 90 * 24
# What the largest experiment may take; with less left, none is begun.
RESERVE_MS = 240_000


@dataclass(frozen=True, slots=True)
class _Due:
    experiment: Experiment
    window: Window
    names: Mapping[Hour, str]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeResults:
    definitions: Definitions
    names: PartialNames
    read_partials: ReadPartials
    results: StoredResults
    analyze: Analyze
    clock: Clock

    def __call__(self, remaining_ms: RemainingTime) -> Computation:
        """Compute whatever is due; what fails or finds no time stays due.

        An experiment is due while its results are not based on its present definition and on the
        present partials of its window and pre-period. So a rollup of any of these hours makes it
        due, by whomever it was asked for, and a crash anywhere leaves it so.
        """
        now_ms = self.clock()
        due = self._due(Hour.of(now_ms))
        computed: list[str] = []
        failed: dict[str, str] = {}
        for number, one in enumerate(due):
            if remaining_ms() < RESERVE_MS:
                return Computation(computed=computed, failed=failed, left=len(due) - number)
            try:
                self._compute(one)
                computed.append(one.experiment.experiment_id)
            except Superseded:
                continue
            except PipelineError as error:
                failed[one.experiment.experiment_id] = type(error).__name__
        return Computation(computed=computed, failed=failed)

    def _due(self, now: Hour) -> list[_Due]:
        bases = self.results.bases()
        windows = [
            (experiment, window)
            for experiment in self.definitions.current()
            if (window := Window.of(experiment, now))
            and not (experiment.experiment_id in bases and _is_final(window, now))
        ]
        if not windows:
            return []
        first = min(window.before for _, window in windows)
        names = self.names.names(first, max(window.end for _, window in windows))
        all_ = [_with_basis(experiment, window, names) for experiment, window in windows]
        due = [one for one in all_ if one.basis != bases.get(one.experiment.experiment_id)]
        # Another is the first in each hour, so that none that takes all the time keeps the rest
        # from ever being computed.
        turn = now.start_ms // Hour(0).plus(1).start_ms % max(1, len(due))
        return due[turn:] + due[:turn]

    def _compute(self, due: _Due) -> None:
        observed = observe(
            due.experiment,
            due.window,
            due.names.keys(),
            partial(self.read_partials, due.names),
            self.clock(),
        )
        looks = self.results.looks(due.experiment.experiment_id)
        self.results.keep(self.analyze(observed, looks), due.basis)


def _is_final(window: Window, now: Hour) -> bool:
    return window.end <= now.plus(-FINAL_AFTER_HOURS)


def _with_basis(experiment: Experiment, window: Window, names: Mapping[Hour, str]) -> _Due:
    """Digest what results depend on; it was read before the partials, which may be newer."""
    own = {hour: names[hour] for hour in window.all_hours if hour in names}
    basis = orjson.dumps([definition.to_json(experiment), list(own.values())])
    return _Due(experiment, window, own, hashlib.sha256(basis).hexdigest())
