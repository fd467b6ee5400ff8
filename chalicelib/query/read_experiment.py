"""Answer `GET /experiments/{experiment_id}`: the current version of a definition."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.definition import to_json
from chalicelib.query.asked import Asked
from chalicelib.query.find_experiment import find_experiment
from chalicelib.query.found import Found
from chalicelib.query.ports import ExperimentReader


@dataclass(frozen=True, slots=True)
class ReadExperiment:
    experiments: ExperimentReader

    def __call__(self, asked: Asked) -> Found:
        """Return the definition, with its version as its tag, by which it can be changed.

        Raises:
            Refused: there is no such experiment.
        """
        experiment = find_experiment(self.experiments, asked)
        return Found(to_json(experiment), None, version=str(experiment.version))
