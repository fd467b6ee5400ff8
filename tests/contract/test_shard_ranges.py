"""Which shard a record came from, by what moto's Kinesis says and does."""

from __future__ import annotations

import boto3
import pytest

from chalicelib.aws.shard_ranges import KinesisShardRanges
from chalicelib.errors import StoreUnavailable
from chalicelib.model.shard_range import shard_of

pytestmark = pytest.mark.contract


def test_every_record_is_said_to_be_of_the_shard_that_took_it(aws: None) -> None:
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=3)
    keys = [f"usr_{n}" for n in range(30)]
    put = {
        key: kinesis.put_record(StreamName="clicks", Data=b"{}", PartitionKey=key) for key in keys
    }

    ranges = KinesisShardRanges(kinesis).of("clicks")

    found = {key: shard_of(ranges, key, put[key]["SequenceNumber"]) for key in keys}
    assert found == {key: put[key]["ShardId"] for key in keys}
    assert len(set(found.values())) == 3


def test_shards_of_a_stream_that_is_not_there_can_not_be_read(aws: None) -> None:
    with pytest.raises(StoreUnavailable):
        KinesisShardRanges(boto3.client("kinesis")).of("none")
