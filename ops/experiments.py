"""The experiments of a stage, checked and stored as the API does it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.experiments.body import writable
from chalicelib.experiments.ports import Definitions
from chalicelib.experiments.save_definition import SaveDefinition
from chalicelib.model.assignment import current_assignment
from chalicelib.model.definition import to_json
from chalicelib.model.event import Rejected, load
from chalicelib.model.experiment import Experiment, Status
from chalicelib.ports import Clock
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from rich.table import Table

    from ops.reach import Reached


@dataclass(frozen=True)
class StageExperiments:
    """Every method raises OperationFailed with what is wrong."""

    definitions: Definitions
    clock: Clock

    @classmethod
    def of(cls, reached: Reached) -> StageExperiments:
        client = reached.session.client("dynamodb")
        table = reached.names.table("experiments")
        return cls(DynamoExperiments(client, table), lambda: time.time_ns() // 1_000_000)

    def all(self) -> Sequence[Experiment]:
        return self.definitions.current()

    def shown(self, experiment_id: str) -> str:
        content = to_json(self._existing(experiment_id))
        return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()

    def put(self, experiment_id: str, text: bytes) -> Experiment:
        """Save a definition over the version that it names, or over the current one."""
        try:
            value = load(text)
        except Rejected as rejected:
            raise _failed(rejected) from rejected
        current = self.definitions.find(experiment_id)
        replaces = current.version if current else None
        if isinstance(value, dict) and isinstance(value.get("version"), int) and current:
            replaces = value["version"]
        return self._save(experiment_id, value, replaces)

    def set_status(self, experiment_id: str, status: Status) -> Experiment:
        before = self._existing(experiment_id)
        value: dict[str, Any] = {**writable(to_json(before)), "status": status.value}
        return self._save(experiment_id, value, before.version)

    def assigned(self, experiment_id: str, user_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        experiment = self._existing(experiment_id)
        for user_id in user_ids:
            variant, reason = current_assignment(experiment, user_id)
            yield user_id, variant or f"none: {reason.replace('_', ' ')}"

    def _existing(self, experiment_id: str) -> Experiment:
        found = self.definitions.find(experiment_id)
        if found is None:
            raise OperationFailed(
                f"There is no experiment {experiment_id}.",
                "`python -m ops experiment list` shows those that there are.",
            )
        return found

    def _save(self, experiment_id: str, value: object, replaces: int | None) -> Experiment:
        try:
            return SaveDefinition(self.definitions, self.clock)(experiment_id, value, replaces)
        except Rejected as rejected:
            raise _failed(rejected) from rejected


def table_of(experiments: Sequence[Experiment]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("Id", "Status", "Version", "Variants", "Started", "Stopped", "Name"):
        table.add_column(title)
    for one in experiments:
        variants = ", ".join(f"{key} {weight / 100:g} %" for key, weight in one.weights().items())
        started, stopped = (hour.text if hour else "" for hour in (one.started, one.stopped))
        table.add_row(
            one.experiment_id, one.status, str(one.version), variants, started, stopped, one.name
        )
    return table


def _failed(rejected: Rejected) -> OperationFailed:
    problems = [f"{problem.message} ({problem.code})" for problem in rejected.problems]
    return OperationFailed("; ".join(problems), "docs/experiments.md explains every field.")
