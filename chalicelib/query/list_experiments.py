"""Answer `GET /experiments`: the current version of every definition."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.definition import to_json
from chalicelib.query.asked import Asked
from chalicelib.query.experiment_shapes import Experiments
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import ExperimentReader

STATUS: Parameter[str | None] = Parameter(
    name="status",
    kind=Choice(("draft", "running", "stopped")),
    description="Only experiments of this status.",
    default=None,
)


@dataclass(frozen=True, slots=True)
class ListExperiments:
    experiments: ExperimentReader

    def __call__(self, asked: Asked) -> Found:
        status = asked[STATUS]
        found = (one for one in self.experiments.current() if status in {None, one.status})
        answer: Experiments = {"experiments": [*map(to_json, found)]}
        return Found(answer, None)
