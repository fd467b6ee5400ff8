"""What every Executions must do, asked of the fake and of Step Functions alike."""

from __future__ import annotations

import json
from collections.abc import Callable

import boto3
import pytest

from chalicelib.aws.executions import StepFunctionsExecutions
from chalicelib.errors import StoreUnavailable
from chalicelib.rollup.ports import Executions
from tests.unit.rollup.fakes import FakeExecutions

pytestmark = pytest.mark.contract

type World = tuple[Executions, Callable[[], dict[str, object]]]

NAME, PAYLOAD = "hourly-20261121T10Z", {"window": "2026-11-21T10:00:00Z"}


@pytest.fixture(params=["fake", "stepfunctions"])
def world(request: pytest.FixtureRequest) -> World:
    """Executions, and a look at those started: their payloads by name."""
    if request.param == "fake":
        fake = FakeExecutions()
        return fake, lambda: dict(fake.started)
    request.getfixturevalue("aws")
    client = boto3.client("stepfunctions")
    arn = client.create_state_machine(
        name="eventstream-local-hourly-rollup",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/rollup",
    )["stateMachineArn"]

    def started() -> dict[str, object]:
        executions = client.list_executions(stateMachineArn=arn)["executions"]
        found = [client.describe_execution(executionArn=e["executionArn"]) for e in executions]
        return {one["name"]: json.loads(one["input"]) for one in found}

    return StepFunctionsExecutions(client, arn), started


def test_an_execution_is_started_with_its_name_and_payload(world: World) -> None:
    executions, started = world
    executions.start(NAME, PAYLOAD)

    assert started() == {NAME: PAYLOAD}


def test_a_name_that_is_there_already_is_a_success(world: World) -> None:
    executions, started = world
    executions.start(NAME, PAYLOAD)

    executions.start(NAME, {"window": "2026-11-21T11:00:00Z"})

    assert started() == {NAME: PAYLOAD}


def test_a_state_machine_that_is_not_there_is_the_worlds_fault(aws: None) -> None:
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:missing"
    executions = StepFunctionsExecutions(boto3.client("stepfunctions"), arn)

    with pytest.raises(StoreUnavailable):
        executions.start(NAME, PAYLOAD)
