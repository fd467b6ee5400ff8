"""Wait until functions can be invoked and event sources are enabled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops.kit.errors import OperationFailed
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TIMEOUT_S = 300.0
POLL_S = 0.2


def wait_until_ready(target: Target) -> None:
    client = target.session.client("lambda")
    deadline = time.monotonic() + TIMEOUT_S
    while waiting := [f for name in target.functions for f in _unready(client, name)]:
        if time.monotonic() > deadline:
            raise OperationFailed(f"Not ready in {TIMEOUT_S:.0f} s.", "\n".join(waiting))
        time.sleep(POLL_S)


def _unready(client: LambdaClient, name: str) -> Iterator[str]:
    function = client.get_function_configuration(FunctionName=name)
    state = (function.get("State", "Active"), function.get("LastUpdateStatus", "Successful"))
    if state != ("Active", "Successful"):
        yield f"function {name}: {', '.join(state)}"
    # By its ARN, which is how Chalice names the function to the event source.
    arn = function["FunctionArn"]
    for page in client.get_paginator("list_event_source_mappings").paginate(FunctionName=arn):
        for mapping in page["EventSourceMappings"]:
            if mapping.get("State") == "Disabled":
                raise OperationFailed(
                    f"The event source of {name} is disabled.",
                    "Enable it: `aws lambda update-event-source-mapping --enabled"
                    f" --uuid {mapping['UUID']}`.",
                )
            if mapping.get("State", "Enabled") != "Enabled":
                yield f"event source of {name}: {mapping['State']}"
