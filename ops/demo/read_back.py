"""What every service holds, read from the service itself."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chalicelib.archive import quarantine_line, raw_key
from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.aws.objects import S3Objects
from chalicelib.model.hour import Hour
from ops.local.cloud import Cloud
from ops.local.survey import streams

PARALLEL_GETS = 4


@dataclass(frozen=True, slots=True)
class RollupRow:
    """The part of an aggregates item that the demo shows."""

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
    """Count the records of all streams, from their beginning."""
    return sum(stream.records for stream in streams(cloud).values())


def object_keys(cloud: Cloud, bucket: str, prefix: str) -> Sequence[str]:
    return S3Objects(cloud.client("s3"), bucket).keys(prefix)


def bodies(cloud: Cloud, bucket: str, keys: Sequence[str]) -> Iterator[bytes]:
    objects = S3Objects(cloud.client("s3"), bucket)
    with ThreadPoolExecutor(PARALLEL_GETS) as pool:
        yield from (stored.body for stored in pool.map(objects.get, keys))


def raw_lines(cloud: Cloud) -> int:
    bucket = cloud.names.raw_bucket
    keys = object_keys(cloud, bucket, raw_key.PREFIX)
    return sum(gzip.decompress(body).count(b"\n") for body in bodies(cloud, bucket, keys))


def quarantine(cloud: Cloud) -> Counter[str]:
    """Count quarantined records by reason."""
    bucket = cloud.names.raw_bucket
    keys = object_keys(cloud, bucket, quarantine_line.PREFIX)
    return Counter(
        line.code
        for body in bodies(cloud, bucket, keys)
        for line in quarantine_line.read_all(body)
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
