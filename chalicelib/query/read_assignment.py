"""Answer `GET /experiments/{experiment_id}/assignments/{user_id}`: a user's variant."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.assignment import current_assignment
from chalicelib.query.asked import Asked
from chalicelib.query.experiment_shapes import UserAssignment
from chalicelib.query.find_experiment import find_experiment
from chalicelib.query.found import Found
from chalicelib.query.kinds import Text
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import ExperimentReader

MAX_USER_ID = 128
USER_ID: Parameter[str] = Parameter(
    name="user_id",
    kind=Text(r"[\s\S]+", MAX_USER_ID),
    description="Id of the user, percent-encoded as in any URL.",
    default="",
    is_required=True,
    place="path",
)


@dataclass(frozen=True, slots=True)
class ReadAssignment:
    experiments: ExperimentReader

    def __call__(self, asked: Asked) -> Found:
        """Return the variant by the current version.

        Raises:
            Refused: there is no such experiment.
        """
        experiment = find_experiment(self.experiments, asked)
        variant, reason = current_assignment(experiment, asked[USER_ID])
        answer: UserAssignment = {
            "experiment_id": experiment.experiment_id,
            "version": experiment.version,
            "user_id": asked[USER_ID],
            "variant": variant,
            "reason": reason,
        }
        return Found(answer, None)
