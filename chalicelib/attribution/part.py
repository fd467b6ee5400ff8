"""Turn consecutive records of a shard into what is stored of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution.read_row import Passed, Reason, Row, read_row, unstorable
from chalicelib.model import instant
from chalicelib.model.attribution import Checkout, Click, ShardPart, Unstorable


def part_of(
    records: Sequence[Record],
    shard: Shard,
    read_checkpoint: str | None,
    reason: Reason | None = None,
) -> tuple[Counter[str], ShardPart]:
    """Return the part with counts of its records; with a reason, no record is stored."""
    rows = [
        unstorable(record, shard, reason) if reason else read_row(record, shard)
        for record in records
    ]
    part = ShardPart(
        shard=shard.name,
        read_checkpoint=read_checkpoint,
        last_sequence=records[-1].sequence,
        arrived_at=instant.to_text(records[-1].arrived_ms),
        clicks=[row for row in rows if isinstance(row, Click)],
        checkouts=[row for row in rows if isinstance(row, Checkout)],
        unstorable=[row for row in rows if isinstance(row, Unstorable)],
    )
    return Counter(map(_name, rows)), part


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
