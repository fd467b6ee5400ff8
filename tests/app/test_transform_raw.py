"""The queue trigger: what Lambda hands over, what it hears back, and what lies in AWS after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

import app as triggers
from chalicelib.errors import BatchIncomplete
from chalicelib.lake.keys import LakeKey
from chalicelib.settings.transform import TransformSettings
from chalicelib.wiring import using
from tests.builders import (
    make_pipeline,
    make_raw_key,
    make_raw_line,
    make_raw_message,
    make_raw_object,
)
from tests.contract.template import create_tables

KEY = make_raw_key()
GONE = make_raw_key("click")


@pytest.fixture
def aws() -> Iterator[TransformSettings]:
    """All that the stage touches, in moto, with one raw object in it."""
    settings = TransformSettings.from_env()
    with mock_aws(), using(make_pipeline()):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=settings.raw_bucket)
        s3.create_bucket(Bucket=settings.lake_bucket)
        create_tables(boto3.client("dynamodb"))
        s3.put_object(
            Bucket=settings.raw_bucket, Key=str(KEY), Body=make_raw_object(make_raw_line())
        )
        yield settings


def invoke(messages: Sequence[object]) -> Any:
    with Client(triggers.app) as client:
        return client.lambda_.invoke("transform_raw", {"Records": messages}).payload


def test_a_raw_object_becomes_a_lake_file_a_mark_and_a_ledger_row(aws: TransformSettings) -> None:
    answer = invoke([make_raw_message(KEY)])

    assert answer == {"batchItemFailures": []}
    [file] = boto3.client("s3").list_objects_v2(Bucket=aws.lake_bucket)["Contents"]
    assert file["Key"] == str(LakeKey.of(KEY))
    dynamodb = boto3.client("dynamodb")
    [mark] = dynamodb.scan(TableName=aws.aggregates_table)["Items"]
    assert mark["window_start"] == {"S": KEY.hour.window_start}
    assert mark["marked"] == {"N": "1"}
    [row] = dynamodb.scan(TableName=aws.batches_table)["Items"]
    assert row["batch_id"] == {"S": str(KEY)}
    assert row["stage"] == {"S": "transform"}


def test_a_failure_raises_while_the_mapping_is_not_known_to_listen(aws: TransformSettings) -> None:
    with pytest.raises(BatchIncomplete, match="ObjectMissing"):
        invoke([make_raw_message(GONE), make_raw_message(KEY, message_id="here")])

    [file] = boto3.client("s3").list_objects_v2(Bucket=aws.lake_bucket)["Contents"]
    assert file["Key"] == str(LakeKey.of(KEY))


def test_thresholds_are_settings(aws: TransformSettings) -> None:
    pipeline = make_pipeline(amount_bounds=(1.0, 2.0, 3.0))

    assert pipeline.transform.transform_raw.enrichment == replace(
        make_pipeline().transform.transform_raw.enrichment, amount_bounds=(1.0, 2.0, 3.0)
    )


def test_the_queue_is_that_of_the_stage() -> None:
    sources: dict[str, Any] = {source.name: source for source in triggers.app.event_sources}
    source = sources["transform_raw"]

    assert source.queue == "eventstream-local-raw-objects"
    assert source.batch_size == 10
