"""The read side's routes about experiments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chalicelib.query import routes
from chalicelib.query.list_experiments import ListExperiments
from chalicelib.query.read_assignment import ReadAssignment
from chalicelib.query.read_experiment import ReadExperiment
from chalicelib.query.read_experiment_live import ReadExperimentLive
from chalicelib.query.serve import Serve
from chalicelib.wiring.reads import Reads


@dataclass(frozen=True)
class ExperimentReads(Reads):
    @cached_property
    def experiments(self) -> Serve:
        return self._serve(routes.EXPERIMENTS, ListExperiments(self._sources.experiments))

    @cached_property
    def experiment(self) -> Serve:
        return self._serve(routes.EXPERIMENT, ReadExperiment(self._sources.experiments))

    @cached_property
    def experiment_live(self) -> Serve:
        sources = self._sources
        read = ReadExperimentLive(sources.experiments, sources.variant_counts)
        return self._serve(routes.EXPERIMENT_LIVE, read)

    @cached_property
    def assignment(self) -> Serve:
        return self._serve(routes.ASSIGNMENT, ReadAssignment(self._sources.experiments))
