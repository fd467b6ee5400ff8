"""What every service holds, counted from the service itself."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.model.hour import Hour
from ops.local.cloud import Cloud
from ops.stage.names import STREAMS

PARALLEL_GETS = 4


@dataclass(frozen=True, slots=True)
class RollupRow:
    """One item of the aggregates table, as far as the demo shows it."""

    event_type: str
    window_start: str
    events: int
    users: int
    errors: int
    p50_ms: float | None
    p99_ms: float | None
    found: int
    duplicates: int
    missing: int | None


def stream_records(cloud: Cloud) -> int:
    """Read all three streams from their beginning and count."""
    return sum(1 for name in STREAMS for _ in _records(cloud, cloud.names.stream(name)))


def _records(cloud: Cloud, stream: str) -> Iterator[bytes]:
    client = cloud.client("kinesis")
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        iterator = client.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            answer = client.get_records(ShardIterator=iterator, Limit=10_000)
            yield from (record["Data"] for record in answer["Records"])
            if not answer["Records"] and not answer.get("MillisBehindLatest"):
                break
            iterator = answer["NextShardIterator"]


def object_keys(cloud: Cloud, bucket: str, prefix: str) -> Sequence[str]:
    pages = cloud.client("s3").get_paginator("list_objects_v2")
    return [
        item["Key"]
        for page in pages.paginate(Bucket=bucket, Prefix=prefix)
        for item in page.get("Contents", [])
    ]


def bodies(cloud: Cloud, bucket: str, keys: Sequence[str]) -> Iterator[bytes]:
    client = cloud.client("s3")
    with ThreadPoolExecutor(PARALLEL_GETS) as pool:
        yield from pool.map(
            lambda key: client.get_object(Bucket=bucket, Key=key)["Body"].read(), keys
        )


def raw_lines(cloud: Cloud) -> int:
    bucket = cloud.names.raw_bucket
    keys = object_keys(cloud, bucket, "raw/")
    return sum(gzip.decompress(body).count(b"\n") for body in bodies(cloud, bucket, keys))


def quarantine(cloud: Cloud) -> Counter[str]:
    """Count quarantined records by reason."""
    bucket = cloud.names.raw_bucket
    keys = object_keys(cloud, bucket, "quarantine/")
    return Counter(
        json.loads(line)["code"]
        for body in bodies(cloud, bucket, keys)
        for line in gzip.decompress(body).splitlines()
    )


def live_records(cloud: Cloud, hours: Sequence[Hour]) -> int:
    counts = DynamoLiveCounts(cloud.client("dynamodb"), cloud.names.table("metrics"))
    return sum(sum(counts.records_by_type(hour).values()) for hour in hours)


def rollup_rows(cloud: Cloud) -> Sequence[RollupRow]:
    """Read every rollup, by hour and type."""
    pages = cloud.client("dynamodb").get_paginator("scan")
    items = [
        {name: str(next(iter(value.values()))) for name, value in item.items()}
        for page in pages.paginate(TableName=cloud.names.table("aggregates"))
        for item in page["Items"]
    ]
    rows = [_row(item) for item in items if "n_events" in item]
    return sorted(rows, key=lambda row: (row.window_start, row.event_type))


def _row(item: dict[str, str]) -> RollupRow:
    return RollupRow(
        event_type=item["event_type"],
        window_start=item["window_start"],
        events=int(item["n_events"]),
        users=int(item["n_users"]),
        errors=int(item["n_errors"]),
        p50_ms=float(item["latency_p50_ms"]) if "latency_p50_ms" in item else None,
        p99_ms=float(item["latency_p99_ms"]) if "latency_p99_ms" in item else None,
        found=int(item["n_found"]),
        duplicates=int(item["n_duplicates"]),
        missing=int(item["n_missing"]) if "n_missing" in item else None,
    )
