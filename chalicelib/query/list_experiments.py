"""Answer `GET /experiments`: the current version of every definition, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.definition import to_json
from chalicelib.model.experiment_verdict import KeptVerdict
from chalicelib.query.asked import Asked
from chalicelib.query.experiment_shapes import Experiments, ListedVerdict
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import ExperimentReader, ResultsReader

STATUS: Parameter[str | None] = Parameter(
    name="status",
    kind=Choice(("draft", "running", "stopped")),
    description="Only experiments of this status.",
    default=None,
)


@dataclass(frozen=True, slots=True)
class ListExperiments:
    experiments: ExperimentReader
    results: ResultsReader

    def __call__(self, asked: Asked) -> Found:
        status = asked[STATUS]
        found = [one for one in self.experiments.current() if status in {None, one.status}]
        verdicts = self.results.verdicts()
        answer: Experiments = {
            "experiments": [*map(to_json, found)],
            "verdicts": {
                one.experiment_id: _listed(verdicts[one.experiment_id])
                for one in found
                if one.experiment_id in verdicts
            },
        }
        return Found(answer, None)


def _listed(kept: KeptVerdict) -> ListedVerdict:
    return {
        "verdict": kept.verdict,
        "variant": kept.variant,
        "sentence": kept.sentence,
        "computed_at": kept.computed_at,
    }
