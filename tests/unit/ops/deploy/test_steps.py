"""Steps run in order, and the one that fails is named."""

from __future__ import annotations

from io import StringIO

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from ops.deploy.steps import Step, run_steps
from ops.kit.console import Progress
from ops.kit.errors import OperationFailed

QUIET = Progress(Console(file=StringIO()))


def does(done: list[str], title: str) -> Step:
    def do() -> str:
        done.append(title)
        return "ok"

    return Step(title, do)


def fails_with(error: Exception) -> str:
    raise error


def test_nothing_is_started_after_a_failure() -> None:
    done: list[str] = []
    broken = OperationFailed("it broke.", "Fix it.")
    steps = [
        does(done, "first"),
        Step("second", lambda: fails_with(broken)),
        does(done, "third"),
    ]

    with pytest.raises(OperationFailed) as failed:
        run_steps(steps, QUIET)

    assert done == ["first"]
    assert failed.value.reason == "Step 2/3 second failed: it broke."
    assert failed.value.advice.startswith("Fix it.\nThen run the same command again")


def test_an_aws_error_is_reported_with_its_step() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "PutX")

    with pytest.raises(OperationFailed, match=r"Step 1/1 only failed: .*not you"):
        run_steps([Step("only", lambda: fails_with(denied))], QUIET)
