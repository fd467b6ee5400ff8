"""Lake rows and files with one-field overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from chalicelib.lake import files, keys, schema
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import padded
from tests.builders import NOON, SHARD, STREAM

type Row = Mapping[str, Any]


def at(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def make_row(sequence: int = 1, **changes: object) -> Row:
    """One lake row, of an event of its own unless it is given the `event_id` of another."""
    row: dict[str, Any] = {
        "event_id": f"ev_{sequence}",
        "event_type": "page_view",
        "source": "web",
        "user_id": "usr_1",
        "timestamp": at(NOON.start_ms + 1_500),
        "ingested_at": at(NOON.start_ms + 2_000),
        "latency_ms": 250.0,
        "amount": None,
        "currency": None,
        "is_error": False,
        "kinesis_stream": STREAM,
        "kinesis_shard_id": SHARD,
        "kinesis_sequence_number": padded(str(sequence)),
    }
    return row | changes


def make_file(rows: Sequence[Row], stamp: str = "") -> bytes:
    """Write rows as the transform stage does."""
    return files.encode(pa.Table.from_pylist(list(rows), schema=schema.LAKE), stamp)


def make_key(name: str = "page_view-s-1", hour: Hour = NOON) -> str:
    return f"{keys.prefix_of(hour)}{name}{keys.SUFFIX}"
