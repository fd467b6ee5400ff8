"""What the API answers about the planted experiments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ops.demo.read_api import ReadApi
from ops.demo.trials import TRIALS, Trial
from ops.local.cloud import Cloud


@dataclass(frozen=True, slots=True)
class Answered:
    """A trial and its results, as `GET /experiments/{experiment_id}/results` has them."""

    trial: Trial
    results: dict[str, Any]

    @property
    def is_as_planted(self) -> bool:
        return bool(self.results["conclusion"]["verdict"] == self.trial.verdict)

    @property
    def variants(self) -> Sequence[dict[str, Any]]:
        """The figures of each variant by the primary metric, the control's first."""
        found: Sequence[dict[str, Any]] = self.results["metrics"][0]["variants"]
        return found


@dataclass(frozen=True, slots=True)
class TrialAnswers:
    answered: Sequence[Answered] = ()

    @property
    def exposed(self) -> int:
        return sum(one["users"] for each in self.answered for one in each.variants)

    @property
    def converted(self) -> int:
        return sum(one["converters"] for each in self.answered for one in each.variants)

    @property
    def as_planted(self) -> int:
        return sum(one.is_as_planted for one in self.answered)


def read_trials(cloud: Cloud) -> TrialAnswers:
    api = ReadApi(cloud.api_url, cloud.read_key)
    return TrialAnswers(
        [
            Answered(trial, api.get(f"/experiments/{trial.experiment_id}/results"))
            for trial in TRIALS
        ]
    )
