"""Turn records into what is stored of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution.read_row import Passed, Reason, Row, read_row, unstorable
from chalicelib.model import instant
from chalicelib.model.attribution import Checkout, Click, Rows, ShardPart, Unstorable


class _Kinds(TypedDict):
    clicks: list[Click]
    checkouts: list[Checkout]
    unstorable: list[Unstorable]


def part_of(
    records: Sequence[Record],
    shard: Shard,
    read_checkpoint: str | None,
    reason: Reason | None = None,
) -> tuple[Counter[str], ShardPart]:
    """Return the part with counts of its records; with a reason, no record is stored."""
    rows = [_read(shard, record, reason) for record in records]
    part = ShardPart(
        shard=shard.name,
        read_checkpoint=read_checkpoint,
        last_sequence=records[-1].sequence,
        arrived_at=instant.to_text(records[-1].arrived_ms),
        **_by_kind(rows),
    )
    return Counter(map(_name, rows)), part


def rows_of(
    records: Iterable[tuple[Shard, Record]], reason: Reason | None = None
) -> tuple[Counter[str], Rows]:
    """Do the same for records of any shards."""
    rows = [_read(shard, record, reason) for shard, record in records]
    return Counter(map(_name, rows)), Rows(**_by_kind(rows))


def _read(shard: Shard, record: Record, reason: Reason | None) -> Row:
    return unstorable(record, shard, reason) if reason else read_row(record, shard)


def _by_kind(rows: Sequence[Row]) -> _Kinds:
    return {
        "clicks": [row for row in rows if isinstance(row, Click)],
        "checkouts": [row for row in rows if isinstance(row, Checkout)],
        "unstorable": [row for row in rows if isinstance(row, Unstorable)],
    }


def _name(row: Row) -> str:
    match row:
        case Click():
            return "clicks"
        case Checkout():
            return "checkouts"
        case Unstorable():
            return "unstorable"
        case Passed():
            return str(row)
