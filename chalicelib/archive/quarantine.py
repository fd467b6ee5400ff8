"""The quarantine: where records that are no valid events are kept, and how they are read back."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.hour import Hour

PREFIX = "quarantine/"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRecord:
    """`payload` is the record's bytes in base64."""

    code: str
    reason: str
    stage: str
    stream: str
    shard_id: str
    sequence_number: str
    partition_key: str
    arrived_at: str
    payload: str


def folder_of(hour: Hour) -> str:
    """Return the prefix of the objects whose records arrived in an hour.

    >>> folder_of(Hour.parse("2026-02-03T04"))
    'quarantine/year=2026/month=02/day=03/hour=04/'
    """
    return f"{PREFIX}{hour.partition}/"


def shard_of(key: str) -> str:
    """Return the shard of an object, whose keys sort by its records' order.

    >>> shard_of("quarantine/year=2026/month=02/day=03/hour=04/clicks-shardId-7-0042.json.gz")
    'clicks-shardId-7'
    """
    return key.rpartition("/")[2].rpartition("-")[0]


def records_of(body: bytes) -> Sequence[QuarantinedRecord]:
    """Read an object, its records in the order of their shard."""
    lines = gzip.decompress(body).splitlines()
    return [QuarantinedRecord(**orjson.loads(line)) for line in lines]
