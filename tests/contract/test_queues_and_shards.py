"""What is read of queues and streams, by moto's."""

from __future__ import annotations

import boto3
import pytest

from chalicelib.aws.queues import SqsQueues
from chalicelib.aws.reads import ReadMeter
from chalicelib.aws.shards import KinesisShardLister
from chalicelib.errors import StoreUnavailable

pytestmark = pytest.mark.contract


@pytest.fixture
def meter() -> ReadMeter:
    return ReadMeter(most=10)


def test_messages_are_counted_with_those_in_flight(aws: None, meter: ReadMeter) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="raw")["QueueUrl"]
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    queues = SqsQueues(sqs, meter)

    assert queues.messages("raw") == queues.messages("raw") == 3


def test_an_empty_queue_holds_nothing(aws: None, meter: ReadMeter) -> None:
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="raw")

    assert SqsQueues(sqs, meter).messages("raw") == 0


def test_a_queue_that_is_not_there_can_not_be_read(aws: None, meter: ReadMeter) -> None:
    with pytest.raises(StoreUnavailable):
        SqsQueues(boto3.client("sqs"), meter).messages("none")


def test_the_shards_of_a_stream_are_listed(aws: None, meter: ReadMeter) -> None:
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.create_stream(StreamName="events", ShardCount=2)

    shards = KinesisShardLister(kinesis, meter).shards("events")

    assert shards == [
        "events-shardId-000000000000",
        "events-shardId-000000000001",
    ]


def test_a_stream_that_is_not_there_can_not_be_read(aws: None, meter: ReadMeter) -> None:
    with pytest.raises(StoreUnavailable):
        KinesisShardLister(boto3.client("kinesis"), meter).shards("none")
