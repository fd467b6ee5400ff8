"""The rollup's functions as the state machine calls them, with AWS in memory behind them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

from app import app
from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.errors import BadRequest
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.settings.anomalies import AnomalySettings
from chalicelib.settings.rollup import RollupSettings
from chalicelib.wiring import using
from tests.builders import NOON, make_pipeline
from tests.contract.template import create_tables
from tests.unit.rollup.builders import make_file, make_key, make_row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PAYLOAD = {"window_start": NOON.window_start}
RUN = {"name": "hourly-20261120T12Z", "started_at": "2026-11-20T13:10:02.345Z"}


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws():
        client = boto3.client("dynamodb")
        create_tables(client)
        yield client


class Settings(RollupSettings, AnomalySettings):
    """Those of both wings that the state machine calls."""


@pytest.fixture
def settings(dynamodb: DynamoDBClient) -> Settings:
    machine = boto3.client("stepfunctions").create_state_machine(
        name="eventstream-local-hourly-rollup",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/rollup",
    )
    topic = boto3.client("sns").create_topic(Name="eventstream-local-alerts")
    found = Settings.from_env()
    boto3.client("s3").create_bucket(Bucket=found.lake_bucket)
    arns = {
        "rollup_state_machine": machine["stateMachineArn"],
        "alerts_topic": topic["TopicArn"],
    }
    return found.model_copy(update=arns)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    pipeline = make_pipeline(
        rollup_state_machine=settings.rollup_state_machine, alerts_topic=settings.alerts_topic
    )
    with using(pipeline), Client(app) as client:
        yield client


def invoke(client: Client, name: str, payload: Mapping[str, object]) -> Any:
    return client.lambda_.invoke(name, payload).payload


def put_file(settings: Settings) -> None:
    rows = [make_row(1), make_row(2, event_type="click", user_id="usr_2")]
    boto3.client("s3").put_object(
        Bucket=settings.lake_bucket, Key=make_key(), Body=make_file(rows)
    )


def test_the_schedule_starts_the_rollup_of_the_last_full_hour(
    client: Client, settings: Settings
) -> None:
    event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    event["time"] = "2026-11-20T13:10:00Z"

    name = invoke(client, "start_hourly_rollup", event)

    [execution] = boto3.client("stepfunctions").list_executions(
        stateMachineArn=settings.rollup_state_machine
    )["executions"]
    assert name == execution["name"] == "hourly-20261120T12Z"


def test_what_the_functions_hand_on_is_what_the_next_one_takes(
    client: Client, settings: Settings, dynamodb: DynamoDBClient
) -> None:
    put_file(settings)

    work = invoke(client, "determine_hours", {"window": NOON.window_start})
    results = [invoke(client, "roll_up_hour", hour) for hour in work["hours"]]
    judgement = invoke(client, "judge_hours", {})
    publication = invoke(client, "publish_alerts", {"name": RUN["name"]})
    rest = {"results": results, "judgement": judgement, "publication": publication}
    run = invoke(client, "record_run", RUN | rest)

    assert run["status"] == "succeeded"
    items = dynamodb.scan(TableName=settings.aggregates_table)["Items"]
    assert {item["event_type"]["S"]: item.get("n_events", {}).get("N") for item in items} == {
        "_all": "2",
        "_claim": None,
        "_hour": None,
        "_run": None,
        "_summary": None,
        "click": "1",
        "page_view": "1",
    }


def test_an_hour_can_be_rolled_up_by_hand(client: Client, settings: Settings) -> None:
    put_file(settings)

    assert invoke(client, "roll_up_hour", PAYLOAD) == {
        "window_start": "2026-11-20T12:00:00Z",
        "status": "rolled",
        "records": 2,
        "events": 2,
        "missing": 0,
    }


def test_what_stands_out_among_the_hours_is_told(client: Client, settings: Settings) -> None:
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:told"
    boto3.client("sns").subscribe(TopicArn=settings.alerts_topic, Protocol="sqs", Endpoint=arn)
    now = Hour.of(time.time_ns() // 1_000_000)
    aggregates = DynamoAggregates.open(settings.aggregates_table)
    marks = DynamoHourMarks.open(settings.aggregates_table)
    for hour in now.plus(-40).until(now):
        mark = marks.begin(hour, hour.plus(1).start_ms)
        aggregates.claim(hour, mark, {"_all": Figures(900 if hour == now.plus(-1) else 100)})
        marks.finish(hour, mark)

    judgement = invoke(client, "judge_hours", {})
    publication = invoke(client, "publish_alerts", {"name": "hourly"})

    assert (judgement["hours"], judgement["anomalies"], judgement["pending_alerts"]) == (40, 1, 1)
    assert publication["alerts"] == 1
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    envelope = json.loads(message["Body"])
    assert envelope["Subject"].startswith("EventStream local: volume high, all event types")
    assert json.loads(envelope["Message"])["anomalies"][0]["observed"] == 900


def test_a_run_that_failed_is_recorded_as_failed(client: Client) -> None:
    run = invoke(client, "record_run", RUN | {"error": "Runtime.HandlerError"})

    assert run["status"] == "failed"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("determine_hours", {"window": "now"}),
        ("determine_hours", {"from": "2026-11-20T12", "to": "2027-11-20T12"}),
        ("roll_up_hour", {"window_start": "2026-11-20T12:30:00Z"}),
        ("publish_alerts", {}),
        ("record_run", {"name": "x"}),
    ],
)
def test_a_bad_payload_is_refused_with_the_reason(
    client: Client, name: str, payload: Mapping[str, object]
) -> None:
    with pytest.raises(BadRequest) as refusal:
        invoke(client, name, payload)

    assert refusal.value.code
    assert refusal.value.message
