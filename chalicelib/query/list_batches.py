"""Answer `GET /batches`: the processing ledger of one shard, the newest rows first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from chalicelib.model import instant
from chalicelib.model.instant import DAY_MS, MINUTE_MS
from chalicelib.model.ledger import LedgerRow
from chalicelib.query import cursor, found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice, Text
from chalicelib.query.look_back import look_back
from chalicelib.query.page import page
from chalicelib.query.parameters import Parameter, limit
from chalicelib.query.pipeline_shapes import Batches, BatchRow
from chalicelib.query.ports import LedgerReader
from chalicelib.query.span import Reach, Span

Stage = Literal["process", "transform"]
_STAGES: tuple[Stage, ...] = ("process", "transform")

SHARD_ID: Parameter[str] = Parameter(
    name="shard_id",
    kind=Text("[A-Za-z0-9_.-]+", 200),
    description="A stream and its shard, such as `eventstream-prod-events-shardId-000000000000`.",
    default="",
    is_required=True,
)
STAGE: Parameter[Stage | None] = Parameter(
    name="stage",
    kind=Choice(_STAGES),
    description="Only the rows of this stage.",
    default=None,
)
LIMIT = limit(100, 1_000)
# Rows of the other stage may have to be read past: transform writes many for each of process.
_FILTERED_AT_ONCE = 1_000
# The ledger is kept for 30 days.
REACH = Reach(grain_ms=MINUTE_MS, usual_ms=DAY_MS, longest_ms=31 * DAY_MS)


@dataclass(frozen=True, slots=True)
class ListBatches:
    ledger: LedgerReader

    def __call__(self, asked: Asked) -> Found:
        """List the rows of a shard by the time at which they were written.

        Raises:
            Refused: the range is empty, too long or holds too much, or the cursor is damaged.
        """
        span, stage = asked.span(REACH), asked[STAGE]
        newest = look_back(self._newest(asked, span), _written_at, span, REACH.grain_ms)
        wanted = (row for row in newest if stage in (None, row.stage))
        listed = page(wanted, _shown, asked[LIMIT])
        answer: Batches = {
            "from": span.first,
            "to": span.end,
            "batches": listed.rows,
            "next_cursor": asked.cursor(span, _key(listed.last)) if listed.last else None,
        }
        return Found(answer, found.RECENT)

    def _newest(self, asked: Asked, span: Span) -> Iterator[LedgerRow]:
        seen = _seen(asked.place)
        newest = instant.to_text(span.end_ms - 1)
        last = min(seen[0], newest) if seen else newest
        at_once = asked[LIMIT] + 2 if asked[STAGE] is None else _FILTERED_AT_ONCE
        rows = self.ledger.newest(asked[SHARD_ID], span.first, last, at_once)
        for _, together in groupby(rows, key=lambda row: row.processed_at):
            # An index leaves their order open.
            for row in sorted(together, key=_key, reverse=True):
                if not seen or _key(row) < seen:
                    yield row


def _written_at(row: LedgerRow) -> int:
    return instant.from_text(row.processed_at)


def _key(row: LedgerRow) -> tuple[str, str]:
    return row.processed_at, row.batch_id


def _seen(place: Sequence[int | str]) -> tuple[str, str] | None:
    match place:
        case []:
            return None
        case [str(processed_at), str(batch_id)]:
            return processed_at, batch_id
        case _:
            raise cursor.invalid()


def _shown(row: LedgerRow) -> BatchRow:
    return {
        "batch_id": row.batch_id,
        "shard_id": row.shard_id,
        "stage": row.stage,
        "processed_at": row.processed_at,
        "total_records": row.total_records,
        "success_records": row.success_records,
        "failed_records": row.failed_records,
        "partitions": [*row.partitions],
        "object_keys": [*row.keys],
        "duration_ms": row.duration_ms,
    }
