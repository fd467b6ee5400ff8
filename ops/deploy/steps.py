"""Do the steps of a deployment one after the other, and say which one failed and how to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ops.kit.console import Progress
from ops.kit.errors import OperationFailed

GO_ON = "Then run the same command again: what is done already is left as it is."


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done again at any time; `do` says how it ended."""

    title: str
    do: Callable[[], str]


def do_all(steps: Sequence[Step], progress: Progress) -> None:
    """Do them in turn.

    Raises:
        OperationFailed: one failed; those after it were not begun.
    """
    for number, step in enumerate(steps, 1):
        title = f"{number}/{len(steps)} {step.title}"
        try:
            with progress.step(title) as shown:
                shown.outcome = step.do()
        except OperationFailed as error:
            raise _failed(title, error.reason, error.advice) from error
        except (BotoCoreError, ClientError) as error:
            raise _failed(title, str(error), "") from error


def _failed(title: str, reason: str, advice: str) -> OperationFailed:
    return OperationFailed(f"Step {title} failed: {reason}", f"{advice}\n{GO_ON}".lstrip())
