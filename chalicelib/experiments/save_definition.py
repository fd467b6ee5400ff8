"""Check a definition and store it as a new version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.errors import VersionConflict
from chalicelib.experiments import body, changes, rules
from chalicelib.experiments.ports import Definitions
from chalicelib.model.code import Code, Problem
from chalicelib.model.definition_body import EXPERIMENT_ID
from chalicelib.model.event import Rejected
from chalicelib.model.experiment import Experiment, Status
from chalicelib.ports import Clock

# In a raw line, where ids are keys, its properties are found by this name.
RESERVED = "properties"


@dataclass(frozen=True, slots=True)
class SaveDefinition:
    definitions: Definitions
    clock: Clock

    def __call__(self, experiment_id: str, value: object, replaces: int | None) -> Experiment:
        """Store the first version, or the one after `replaces`; return what is current then.

        A definition that changes nothing makes no version.

        Raises:
            Rejected: with every problem that the first of these finds: the fields, the version
                that was expected, how parts fit, what may change, which others are running.
        """
        _check_id(experiment_id)
        wanted = body.read(experiment_id, value)
        before = self.definitions.find(experiment_id)
        _check_version(experiment_id, before, replaces)
        _refuse(rules.problems_of(wanted))
        after = changes.next_version(before, wanted, self.clock())
        _refuse(changes.problems_of(before, after))
        if before is not None and changes.is_same(before, after):
            return before
        if after.status is Status.RUNNING and (before is None or before.started is None):
            _refuse([*changes.conflicts_of(after, self.definitions.current())])
        try:
            self.definitions.save(after, replaces)
        except VersionConflict as conflict:
            current = self.definitions.find(experiment_id)
            raise Rejected(_conflict(experiment_id, current, replaces)) from conflict
        return after


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Rejected(*problems[: body.MAX_PROBLEMS])


def _check_id(experiment_id: str) -> None:
    if experiment_id == RESERVED:
        message = f"{RESERVED} can't be an experiment's id"
        raise Rejected(Problem("experiment_id", Code.NOT_ALLOWED, message))
    if not re.fullmatch(EXPERIMENT_ID, experiment_id):
        message = f"experiment_id must match {EXPERIMENT_ID}"
        raise Rejected(Problem("experiment_id", Code.WRONG_FORMAT, message))


def _check_version(experiment_id: str, before: Experiment | None, replaces: int | None) -> None:
    if replaces != (before.version if before else None):
        raise Rejected(_conflict(experiment_id, before, replaces))


def _conflict(experiment_id: str, current: Experiment | None, replaces: int | None) -> Problem:
    if replaces is None:
        message = f"there is an experiment {experiment_id} already"
        return Problem("experiment_id", Code.EXPERIMENT_EXISTS, message)
    if current is None:
        return not_found(experiment_id)
    message = f"version {current.version} is the current one, and not {replaces}; read it again"
    return Problem("", Code.VERSION_CONFLICT, message)


def not_found(experiment_id: str) -> Problem:
    message = f"there is no experiment {experiment_id}"
    return Problem("experiment_id", Code.EXPERIMENT_NOT_FOUND, message)
