"""Find the experiment that a request names."""

from __future__ import annotations

from chalicelib.model.code import Code, Problem
from chalicelib.model.experiment import Experiment
from chalicelib.query.asked import Asked
from chalicelib.query.parameters import EXPERIMENT_ID
from chalicelib.query.ports import ExperimentReader
from chalicelib.query.refused import Refused


def find_experiment(experiments: ExperimentReader, asked: Asked) -> Experiment:
    """Return the current version.

    Raises:
        Refused: with `experiment_not_found`.
    """
    experiment_id = asked[EXPERIMENT_ID]
    experiment = experiments.find(experiment_id)
    if experiment is None:
        message = f"there is no experiment {experiment_id}"
        raise Refused(Problem(EXPERIMENT_ID.name, Code.EXPERIMENT_NOT_FOUND, message))
    return experiment
