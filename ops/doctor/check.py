"""One thing to look at, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ops.stage.target import Target

DEPLOY, WIRE = "python -m ops deploy", "python -m ops wire"

# Each problem in one sentence; nothing where all is as it should be.
Look = Callable[[Target], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Check:
    title: str
    look: Look
    mend: str


@dataclass(frozen=True, slots=True)
class Result:
    check: Check
    problems: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        return not self.problems


def examine(target: Target, checks: Sequence[Check]) -> list[Result]:
    return [Result(check, _problems(target, check)) for check in checks]


def _problems(target: Target, check: Check) -> tuple[str, ...]:
    try:
        return tuple(check.look(target))
    except (BotoCoreError, ClientError) as error:
        return (f"can't be looked at: {error}",)
