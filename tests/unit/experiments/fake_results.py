"""The ports of computing results in memory; the contract tests ask DynamoDB the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.errors import Superseded
from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import Look, Results


@dataclass
class FakeDefinitions:
    experiments: list[Experiment] = field(default_factory=list)

    def find(self, experiment_id: str) -> Experiment | None:
        return next((e for e in self.experiments if e.experiment_id == experiment_id), None)

    def current(self) -> Sequence[Experiment]:
        return self.experiments

    def save(self, experiment: Experiment, replaces: int | None) -> None:
        raise NotImplementedError


@dataclass
class FakeResults:
    newest: dict[str, tuple[Results, str]] = field(default_factory=dict)
    is_superseded: bool = False

    def bases(self) -> Mapping[str, str]:
        return {name: basis for name, (_, basis) in self.newest.items()}

    def looks(self, experiment_id: str) -> Sequence[Look]:
        found = self.newest.get(experiment_id)
        return found[0].looks if found else []

    def keep(self, results: Results, basis: str) -> None:
        newest = self.newest.get(results.experiment_id)
        if self.is_superseded or (newest and newest[0].at_ms > results.at_ms):
            raise Superseded
        self.newest[results.experiment_id] = results, basis
