"""Executions of the deployed state machine: start one, wait for its end, read its record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.model.hour import Hour
from chalicelib.rollup import execution
from ops.local.cloud import Cloud

PATIENCE_S = 120.0


def wait_for[T](find: Callable[[], T | None], what: str) -> T:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = find()
        if found is not None:
            return found
        time.sleep(0.2)
    pytest.fail(f"no {what} after {PATIENCE_S:.0f} s")


def start(cloud: Cloud, first: Hour, end: Hour, suffix: str) -> tuple[str, str]:
    request = execution.manual(first, end, suffix)
    answer = cloud.client("stepfunctions").start_execution(
        stateMachineArn=cloud.names.rollup_state_machine_arn,
        name=request.name,
        input=json.dumps(request.payload),
    )
    return request.name, answer["executionArn"]


def ended(cloud: Cloud, arn: str) -> str:
    client = cloud.client("stepfunctions")

    def find() -> str | None:
        status = client.describe_execution(executionArn=arn)["status"]
        return None if status == "RUNNING" else status

    return wait_for(find, "end of the execution")


def recorded(cloud: Cloud, name: str) -> dict[str, Any]:
    items = cloud.client("dynamodb").query(
        TableName=cloud.names.table("aggregates"),
        KeyConditionExpression="event_type = :r",
        ExpressionAttributeValues={":r": {"S": "_run"}},
    )["Items"]
    [run] = [item for item in items if item["window_start"]["S"].endswith(f"#{name}")]
    return {field: next(iter(value.values())) for field, value in run.items()}
