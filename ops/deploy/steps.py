"""Run the steps of a deployment in order, and report which one failed and how to continue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ops.kit.console import Progress
from ops.kit.errors import OperationFailed

CONTINUE = "Then run the same command again: it skips what is already done."


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a deployment that can be repeated at any time; `do` returns its outcome."""

    title: str
    do: Callable[[], str]


def run_steps(steps: Sequence[Step], progress: Progress) -> None:
    """Run them in order.

    Raises:
        OperationFailed: a step failed; the ones after it were not started.
    """
    for number, step in enumerate(steps, 1):
        title = f"{number}/{len(steps)} {step.title}"
        try:
            with progress.line(title) as line:
                line.outcome = step.do()
        except OperationFailed as error:
            raise _failed(title, error.reason, error.advice) from error
        except (BotoCoreError, ClientError) as error:
            raise _failed(title, str(error), "") from error


def _failed(title: str, reason: str, advice: str) -> OperationFailed:
    return OperationFailed(f"Step {title} failed: {reason}", f"{advice}\n{CONTINUE}".lstrip())
