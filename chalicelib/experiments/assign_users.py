"""Answer `POST /experiments/{experiment_id}/assignments`: the variants of many users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import StoreUnavailable
from chalicelib.experiments import body
from chalicelib.experiments.answer import UNAVAILABLE, Answer
from chalicelib.experiments.ports import Definitions
from chalicelib.experiments.save_definition import not_found
from chalicelib.model.assignment import current_assignment
from chalicelib.model.event import Rejected, load
from chalicelib.model.experiment import Experiment
from chalicelib.model.request_body import body_of

# A thousand of the longest ids, each character escaped.
MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class AssignUsers:
    definitions: Definitions

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        """Answer a request in API Gateway's proxy format."""
        experiment_id = request["pathParameters"]["experiment_id"]
        try:
            user_ids = body.read_users(load(body_of(request, MAX_BODY_BYTES)))
            experiment = self.definitions.find(experiment_id)
        except Rejected as rejected:
            return Answer.refusal(rejected.problems)
        except StoreUnavailable as error:
            return Answer.refusal([UNAVAILABLE], str(error))
        if experiment is None:
            return Answer.refusal([not_found(experiment_id)])
        return _answer(experiment, user_ids)


def _answer(experiment: Experiment, user_ids: list[str]) -> Answer:
    content = {
        "experiment_id": experiment.experiment_id,
        "version": experiment.version,
        "status": experiment.status,
        "assignments": {
            user_id: current_assignment(experiment, user_id).variant for user_id in user_ids
        },
    }
    return Answer.of(200, content, {}, {"users": len(user_ids)})
