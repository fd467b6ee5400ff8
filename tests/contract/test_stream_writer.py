"""What every StreamWriter must do, asked of the fake and of Kinesis alike."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.aws.streams import KinesisStreamWriter
from chalicelib.delivery.ports import StreamWriter
from chalicelib.errors import StoreUnavailable
from chalicelib.model.stored import StreamRecord
from tests.fakes import FakeStreams, Faults

pytestmark = pytest.mark.contract

STREAMS = ("events", "clicks")
RECORDS = [StreamRecord(f"usr_{number}", b'{"n":%d}' % number) for number in range(3)]


@dataclass
class World:
    writer: StreamWriter
    read: Callable[[str], Sequence[StreamRecord]]


@pytest.fixture(params=["fake", "kinesis"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        streams = FakeStreams()
        return World(streams, lambda stream: streams.records.get(stream, []))
    request.getfixturevalue("aws")
    for stream in STREAMS:
        boto3.client("kinesis").create_stream(StreamName=stream, ShardCount=1)
    return World(KinesisStreamWriter.open(2.0), _read)


def _read(stream: str) -> Sequence[StreamRecord]:
    kinesis = boto3.client("kinesis")
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    start = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )
    found = kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [StreamRecord(record["PartitionKey"], record["Data"]) for record in found]


def test_records_are_stored_with_their_keys_and_none_is_refused(world: World) -> None:
    assert list(world.writer.put("events", RECORDS)) == []
    assert list(world.read("events")) == RECORDS


def test_records_go_to_the_named_stream_alone(world: World) -> None:
    world.writer.put("clicks", RECORDS)

    assert list(world.read("events")) == []


def test_records_put_twice_are_stored_twice(world: World) -> None:
    world.writer.put("events", RECORDS)
    world.writer.put("events", RECORDS)

    assert list(world.read("events")) == RECORDS * 2


def test_the_fake_refuses_by_position_as_kinesis_does() -> None:
    streams = FakeStreams(refuses=lambda record: record.partition_key != "usr_1")

    assert list(streams.put("events", RECORDS)) == [0, 2]
    assert streams.records["events"] == RECORDS[1:2]


def test_the_fake_fails_as_told() -> None:
    with pytest.raises(StoreUnavailable):
        FakeStreams(Faults(lambda: "fails_before")).put("events", RECORDS)


@pytest.fixture
def kinesis() -> Iterator[tuple[KinesisStreamWriter, Stubber]]:
    writer = KinesisStreamWriter.open(2.0)
    with Stubber(writer.client) as stubber:
        yield writer, stubber


def test_kinesis_refuses_by_position(kinesis: tuple[KinesisStreamWriter, Stubber]) -> None:
    writer, stubber = kinesis
    refused = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
    stored = {"SequenceNumber": "1", "ShardId": "shardId-000000000000"}
    stubber.add_response(
        "put_records", {"FailedRecordCount": 2, "Records": [refused, stored, refused]}
    )

    assert list(writer.put("events", RECORDS)) == [0, 2]


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "InternalFailure", "AccessDeniedException"]
)
def test_an_error_of_kinesis_is_ours(
    kinesis: tuple[KinesisStreamWriter, Stubber], code: str
) -> None:
    writer, stubber = kinesis
    stubber.add_client_error("put_records", code)

    with pytest.raises(StoreUnavailable, match=code):
        writer.put("events", RECORDS)


def test_a_stream_that_is_not_there_is_unavailable(aws: None) -> None:
    with pytest.raises(StoreUnavailable, match="ResourceNotFoundException"):
        KinesisStreamWriter.open(2.0).put("nowhere", RECORDS)


def test_a_call_that_hangs_is_given_up_in_time_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        silent.settimeout(0)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        writer = KinesisStreamWriter.open(0.4)
        start = time.monotonic()

        with pytest.raises(StoreUnavailable):
            writer.put("events", RECORDS)

        # Below botocore's own minute, and with room for a busy machine.
        assert time.monotonic() - start < 30
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
