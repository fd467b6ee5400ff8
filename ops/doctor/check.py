"""One check of a deployed stage, and the problems it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ops.stage.target import Target

DEPLOY, WIRE = "python -m ops deploy", "python -m ops wire"

# Describes each problem in one sentence; nothing when all is well.
FindProblems = Callable[[Target], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Check:
    title: str
    find_problems: FindProblems
    fix: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    check: Check
    problems: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        return not self.problems


def examine(target: Target, checks: Sequence[Check]) -> list[Diagnosis]:
    return [Diagnosis(check, _problems(target, check)) for check in checks]


def _problems(target: Target, check: Check) -> tuple[str, ...]:
    try:
        return tuple(check.find_problems(target))
    except (BotoCoreError, ClientError) as error:
        return (f"could not be checked: {error}",)
