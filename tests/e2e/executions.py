"""Executions of the deployed state machine: start one, wait for its end, read its record."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.model.hour import Hour
from chalicelib.rollup import execution
from ops.local.cloud import Cloud
from tests.e2e.waiting import wait_for


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
