"""What a local cloud holds now, read from its services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from chalicelib.archive import quarantine_line, raw_key
from ops.local.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient


@dataclass(frozen=True, slots=True)
class Stream:
    shards: int
    records: int


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class Survey:
    streams: dict[str, Stream]
    queues: dict[str, Queue]
    objects: dict[str, int]
    event_sources: dict[str, str]

    def rows(self) -> Iterator[tuple[str, str]]:
        for name, stream in self.streams.items():
            yield f"Stream {name}", f"{stream.records:,} records in {stream.shards} shard(s)"
        for name, queue in self.queues.items():
            yield f"Queue {name}", f"{queue.waiting:,} waiting, {queue.in_flight:,} in flight"
        for name, count in self.objects.items():
            yield f"Objects in {name}", f"{count:,}"
        for function, state in self.event_sources.items():
            yield f"Event source of {function}", state


def survey(cloud: Cloud) -> Survey:
    names = cloud.names
    queues = (names.raw_queue, names.raw_dead_letters)
    return Survey(
        streams=streams(cloud),
        queues={_short(cloud, name): _queue(cloud, name) for name in queues},
        objects={
            "raw": _objects(cloud, names.raw_bucket, raw_key.PREFIX),
            "quarantine": _objects(cloud, names.raw_bucket, quarantine_line.PREFIX),
            "lake": _objects(cloud, names.lake_bucket, "events/"),
        },
        event_sources=dict(_event_sources(cloud)),
    )


def streams(cloud: Cloud) -> dict[str, Stream]:
    return {name: _stream(cloud, cloud.names.stream(name)) for name in cloud.streams}


def _short(cloud: Cloud, name: str) -> str:
    return name.removeprefix(f"{cloud.names.prefix}-")


def _stream(cloud: Cloud, name: str) -> Stream:
    kinesis = cloud.client("kinesis")
    shards = [shard["ShardId"] for shard in kinesis.list_shards(StreamName=name)["Shards"]]
    # Kinesis has no count: every record is read, which is quick only on a local cloud.
    records = sum(chain.from_iterable(_batch_sizes(kinesis, name, shard) for shard in shards))
    return Stream(shards=len(shards), records=records)


def _batch_sizes(kinesis: KinesisClient, name: str, shard: str) -> Iterator[int]:
    first = kinesis.get_shard_iterator(
        StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )
    at: str | None = first["ShardIterator"]
    while at:
        got = kinesis.get_records(ShardIterator=at, Limit=10_000)
        yield len(got["Records"])
        has_more = got["Records"] or got.get("MillisBehindLatest")
        at = got.get("NextShardIterator") if has_more else None


def _queue(cloud: Cloud, name: str) -> Queue:
    sqs = cloud.client("sqs")
    counted = sqs.get_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return Queue(
        waiting=int(counted["ApproximateNumberOfMessages"]),
        in_flight=int(counted["ApproximateNumberOfMessagesNotVisible"]),
    )


def _objects(cloud: Cloud, bucket: str, prefix: str) -> int:
    pages = cloud.client("s3").get_paginator("list_objects_v2")
    return sum(page["KeyCount"] for page in pages.paginate(Bucket=bucket, Prefix=prefix))


def _event_sources(cloud: Cloud) -> Iterator[tuple[str, str]]:
    pages = cloud.client("lambda").get_paginator("list_event_source_mappings").paginate()
    for mapping in chain.from_iterable(page["EventSourceMappings"] for page in pages):
        yield _short(cloud, mapping["FunctionArn"].rsplit(":", 1)[-1]), mapping["State"]
