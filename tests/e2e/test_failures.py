"""What the deployed pipeline does when something in it fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from ops.local.cloud import Cloud
from tests.e2e.executions import ended, recorded, start
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

# Hours that no other test writes to.
BROKEN = Hour.parse("2024-03-01T05")
MENDED = Hour.parse("2024-03-02T05")


def put_broken_lake_file(cloud: Cloud, hour: Hour) -> str:
    key = f"events/{hour.partition}/broken.parquet"
    cloud.client("s3").put_object(Bucket=cloud.names.lake_bucket, Key=key, Body=b"not Parquet")
    return key


def invoked(cloud: Cloud, name: str, payload: object) -> Any:
    answer: dict[str, Any] = dict(
        cloud.client("lambda").invoke(
            FunctionName=cloud.names.function(name), Payload=json.dumps(payload)
        )
    )
    body = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, body
    return json.loads(body)


def test_a_task_that_fails_once_is_tried_again(cloud: Cloud) -> None:
    key = put_broken_lake_file(cloud, MENDED)
    name, arn = start(cloud, MENDED, MENDED.plus(1), "00000001")
    client = cloud.client("stepfunctions")

    def failed_event() -> bool | None:
        events = client.get_execution_history(executionArn=arn)["events"]
        return any("Failed" in event["type"] for event in events) or None

    wait_for(failed_event, "failure of a task")
    cloud.client("s3").delete_object(Bucket=cloud.names.lake_bucket, Key=key)

    assert ended(cloud, arn) == "SUCCEEDED"
    assert recorded(cloud, name)["outcome"] == "succeeded"


def test_an_hour_that_always_fails_is_recorded_as_failed_and_leaves_the_others_be(
    cloud: Cloud,
) -> None:
    key = put_broken_lake_file(cloud, BROKEN)
    try:
        name, arn = start(cloud, BROKEN.plus(-1), BROKEN.plus(2), "00000002")

        assert ended(cloud, arn) == "FAILED"
    finally:
        cloud.client("s3").delete_object(Bucket=cloud.names.lake_bucket, Key=key)
    run = recorded(cloud, name)
    assert run["outcome"] == "failed"
    assert BROKEN.window_start in json.dumps(run["failed_hours"])
    for hour in (BROKEN.plus(-1), BROKEN.plus(1)):
        row = cloud.client("dynamodb").get_item(
            TableName=cloud.names.table("aggregates"),
            Key={"event_type": {"S": "_all"}, "window_start": {"S": hour.window_start}},
        )
        assert row["Item"]["n_events"] == {"N": "0"}


def test_a_run_that_never_learns_its_hours_is_recorded_as_failed(cloud: Cloud) -> None:
    arn = cloud.client("stepfunctions").start_execution(
        stateMachineArn=cloud.names.rollup_state_machine_arn,
        name="senseless",
        input=json.dumps({"window": "the day before yesterday"}),
    )["executionArn"]

    assert ended(cloud, arn) == "FAILED"
    assert recorded(cloud, "senseless")["outcome"] == "failed"


def test_the_rollup_function_can_be_invoked_directly(cloud: Cloud) -> None:
    answer = invoked(cloud, "roll_up_hour", {"window_start": "2024-01-01T00:00:00Z"})

    assert answer["status"] == "rolled"


def test_the_schedule_starts_one_execution_an_hour_however_often_it_fires(cloud: Cloud) -> None:
    fired = {
        "version": "0",
        "id": "1",
        "account": cloud.account,
        "region": cloud.region,
        "time": "2024-01-05T11:10:00Z",
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "detail": {},
        "resources": [],
    }
    names = [invoked(cloud, "start_hourly_rollup", fired) for _ in range(2)]

    assert names == ["hourly-20240105T10Z"] * 2
    executions = cloud.client("stepfunctions").list_executions(
        stateMachineArn=cloud.names.rollup_state_machine_arn
    )["executions"]
    assert [e["name"] for e in executions].count("hourly-20240105T10Z") == 1


def test_an_object_that_cannot_be_transformed_ends_in_the_dead_letters(cloud: Cloud) -> None:
    key = str(RawKey("broken", BROKEN, "test-shardId-000000000000", "1"))
    cloud.client("s3").put_object(Bucket=cloud.names.raw_bucket, Key=key, Body=b"not gzip")
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=cloud.names.raw_dead_letters)["QueueUrl"]

    def find() -> str | None:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return next(
            (
                m["Body"]
                for m in messages
                if "event_type%3Dbroken" in m["Body"] or "event_type=broken" in m["Body"]
            ),
            None,
        )

    try:
        assert wait_for(find, "dead letter")
    finally:
        cloud.client("s3").delete_object(Bucket=cloud.names.raw_bucket, Key=key)
