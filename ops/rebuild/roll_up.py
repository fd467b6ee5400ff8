"""Run the rollup's state machine over a range of hours, and wait for it to end."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.errors import BadRequest
from chalicelib.model.hour import Hour
from chalicelib.rollup import execution
from ops.kit.errors import OperationFailed
from ops.reach import Reached

POLL_S = 0.3
LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Ended:
    name: str
    arn: str
    status: str
    output: str


def roll_up(stage: Reached, first: Hour, end: Hour, show: Callable[[int], None]) -> Ended:
    """Start an execution for the hours from `first` to before `end`; show its progress.

    Raises:
        OperationFailed: the range is empty or too long, or the execution does not end.
    """
    client = stage.session.client("stepfunctions")
    marks = DynamoHourMarks(stage.session.client("dynamodb"), stage.names.table("aggregates"))
    try:
        request = execution.manual(first, end, secrets.token_hex(4))
    except BadRequest as error:
        raise OperationFailed(error.message) from error
    before = marks.rolled(first, end)
    arn = client.start_execution(
        stateMachineArn=stage.names.rollup_state_machine_arn,
        name=request.name,
        input=json.dumps(request.payload),
    )["executionArn"]
    started = time.monotonic()
    while True:
        seen = client.describe_execution(executionArn=arn)
        if seen["status"] != "RUNNING":
            output = seen.get("output") or seen.get("cause") or ""
            return Ended(request.name, arn, seen["status"], output)
        if time.monotonic() - started > LONGEST_S:
            raise OperationFailed(f"{request.name} is still running after {LONGEST_S:.0f} s.")
        # A rollup raises the mark that its hour is rolled up to.
        now = marks.rolled(first, end)
        show(sum(mark > before.get(hour, 0) for hour, mark in now.items()))
        time.sleep(POLL_S)
