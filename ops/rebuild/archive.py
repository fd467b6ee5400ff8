"""List the raw objects of some hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.archive.raw_key import PREFIX
from chalicelib.model.period import Period
from ops.kit.hours import within

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def raw_keys(s3: S3Client, bucket: str, period: Period, event_types: frozenset[str]) -> list[str]:
    """List the hours' objects of these types, or of all, type by type in order of time."""
    found: list[str] = []
    for prefix in _types(s3, bucket):
        if not event_types or prefix.removeprefix(f"{PREFIX}event_type=")[:-1] in event_types:
            found.extend(within(_keys(s3, bucket, prefix, period), prefix, period))
    return found


def _types(s3: S3Client, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=PREFIX, Delimiter="/"
    )
    return [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]


def _keys(s3: S3Client, bucket: str, prefix: str, period: Period) -> Iterator[str]:
    """List from the range's first hour to the end of the page that holds its last."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, StartAfter=f"{prefix}{period.first.partition}"
    )
    end = f"{prefix}{period.end.partition}"
    for page in pages:
        keys = [item["Key"] for item in page.get("Contents", [])]
        yield from keys
        if keys and keys[-1] >= end:
            return
