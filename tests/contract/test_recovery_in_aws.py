"""The commands of recovery work on a stage in AWS as they do on the local cloud."""

from __future__ import annotations

import gzip
import json
from typing import Any

import boto3
import pybase64
import pytest
from typer.testing import CliRunner, Result

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from ops.__main__ import app
from ops.doctor.abandoned import abandoned
from ops.stage.names import STREAMS, Names
from ops.stage.stages import Stage
from ops.stage.target import Target
from tests.builders import make_event

pytestmark = pytest.mark.contract

NAMES = Names(stage="dev", account="123456789012", region="us-east-1")
NOON = Hour.parse("2026-11-20T12")
DAY = ("--from", "2026-11-20", "--to", "2026-11-21", "--stage", "dev", "--region", "us-east-1")


@pytest.fixture
def stage(aws: None) -> None:
    """The parts of a stage that are asked."""
    for role in ("raw", "failures"):
        boto3.client("s3").create_bucket(Bucket=NAMES.bucket(role))
    for stream in STREAMS:
        boto3.client("kinesis").create_stream(StreamName=NAMES.stream(stream), ShardCount=1)
    boto3.client("sqs").create_queue(QueueName=NAMES.raw_queue)


def run(command: str, *options: str) -> Result:
    return CliRunner().invoke(app, [command, *DAY, *options], env={"COLUMNS": "200"})


def records(stream: str) -> list[dict[str, Any]]:
    client, name = boto3.client("kinesis"), NAMES.stream(stream)
    [shard] = client.list_shards(StreamName=name)["Shards"]
    iterator = client.get_shard_iterator(
        StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    answer = client.get_records(ShardIterator=iterator)
    return [json.loads(record["Data"]) for record in answer["Records"]]


def make_line(code: str, payload: bytes) -> dict[str, str]:
    return {
        "code": code,
        "reason": "because",
        "stage": "process",
        "stream": NAMES.stream("events"),
        "shard_id": "shardId-000000000000",
        "sequence_number": "1",
        "partition_key": "usr_1",
        "arrived_at": NOON.window_start,
        "payload": pybase64.b64encode_as_string(payload),
    }


def test_quarantined_records_are_replayed_once(stage: None) -> None:
    line = make_line("internal_error", json.dumps(make_event()).encode())
    body = gzip.compress(json.dumps(line).encode())
    key = f"quarantine/{NOON.partition}/a.json.gz"
    boto3.client("s3").put_object(Bucket=NAMES.raw_bucket, Key=key, Body=body)

    ran = [run("replay"), run("replay")]

    assert [one.exit_code for one in ran] == [0, 0], ran[0].output
    assert records("events") == [make_event()]


def test_records_that_a_fix_does_not_get_are_counted(stage: None) -> None:
    line = make_line("invalid_json", b"not JSON")
    boto3.client("s3").put_object(
        Bucket=NAMES.raw_bucket,
        Key=f"quarantine/{NOON.partition}/a.json.gz",
        Body=gzip.compress(json.dumps(line).encode()),
    )

    ran = run("replay", "--fix", "cat")

    assert ran.exit_code == 1
    assert "1 records are not JSON and were not passed to `cat`." in ran.output


def put_abandoned(*moments: str) -> None:
    data = pybase64.b64encode_as_string(json.dumps(make_event()).encode())
    record = {
        "eventID": "shardId-000000000000:1",
        "eventSourceARN": f"arn:aws:kinesis:us-east-1:1:stream/{NAMES.stream('events')}",
        "kinesis": {"data": data},
    }
    body = json.dumps({"payload": json.dumps({"Records": [record]})})
    folder = "aws/lambda/1f0a/shardId-000000000000/2026/11/20"
    for moment in moments:
        boto3.client("s3").put_object(
            Bucket=NAMES.failures_bucket, Key=f"{folder}/{moment}", Body=body.encode()
        )


def test_what_lambda_gave_up_on_is_replayed(stage: None) -> None:
    put_abandoned("2026-11-20T12.00.00-a", "2026-11-21T12.00.00-b")

    ran = run("replay", "--abandoned")

    assert ran.exit_code == 0, ran.output
    assert records("events") == [make_event()]


def test_the_doctor_finds_an_abandoned_batch_until_it_is_replayed(stage: None) -> None:
    target = Target(boto3.Session(region_name=NAMES.region), Stage("dev"), NAMES)
    put_abandoned("2026-11-20T12.00.00-a")
    [waiting] = abandoned(target)

    ran = run("replay", "--abandoned")

    assert ran.exit_code == 0, ran.output
    assert "1 batches abandoned by Lambda" in waiting
    assert [*abandoned(target)] == []


def test_an_empty_quarantine_is_reported(stage: None) -> None:
    assert "nothing to replay" in run("replay").output


def test_raw_objects_are_announced_to_the_stages_queue(stage: None) -> None:
    key = str(RawKey("click", NOON, "s-shardId-000000000000", "1"))
    boto3.client("s3").put_object(Bucket=NAMES.raw_bucket, Key=key)

    dry, ran = run("rebuild", "--dry-run"), run("rebuild")

    assert "1 raw objects in stage dev; nothing was done" in dry.output
    assert ran.exit_code == 0, ran.output
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=NAMES.raw_queue)["QueueUrl"]
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert "click" in message["Body"]


@pytest.mark.parametrize(
    "days", [("2026-11-21", "2026-11-21"), ("yesterday", "2026-11-21")], ids=["empty", "no day"]
)
def test_a_senseless_range_is_refused(days: tuple[str, str]) -> None:
    refused = CliRunner().invoke(app, ["rebuild", "--from", days[0], "--to", days[1]])

    assert refused.exit_code == 2
