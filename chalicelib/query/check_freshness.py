"""Answer `GET /freshness`: how far every stage is, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.list_runs import row_of
from chalicelib.query.needs import needs_of, summary_of
from chalicelib.query.pipeline_shapes import Freshness, ShardRow
from chalicelib.query.ports import (
    CheckpointReader,
    HourMarkReader,
    JudgementReader,
    LedgerReader,
    Queues,
    RunReader,
    Start,
    at_once,
)
from chalicelib.query.progress import Progress
from chalicelib.query.remembered_shards import RememberedShards
from chalicelib.query.span import LAST

# An event may be a month old when it arrives; the ledger is kept for a month.
_BACK_MS = 31 * DAY_MS
# A chunk writes one row when it is processed, and some dozens when its objects are transformed.
_ROWS_AT_ONCE = 25
_MAX_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFreshness:
    marks: HourMarkReader
    judged: JudgementReader
    runs: RunReader
    ledger: LedgerReader
    checkpoints: CheckpointReader
    shards: RememberedShards
    queues: Queues
    streams: Sequence[str]
    raw_queue: str
    dead_letters: str
    start: Start = at_once

    def __call__(self, asked: Asked) -> Found:
        progress = self._progress(asked.now_ms)
        needs = [*needs_of(progress)]
        answer: Freshness = {
            "status": "attention" if needs else "ok",
            "summary": summary_of(needs),
            "needs": needs,
            "stages": progress.stages,
            "hours_due": progress.hours_due,
            "dead_letters": {"transform": progress.dead_letters},
            "last_run": row_of(progress.last_run) if progress.last_run else None,
            "shards": [*progress.shards],
        }
        return Found(answer, found.RECENT)

    def _progress(self, now_ms: int) -> Progress:
        """Read all at once, as far as it is known what to read."""
        start = self.start
        first, end = Hour.of(now_ms - _BACK_MS), Hour.of(now_ms).plus(1)
        since = instant.to_text(now_ms - _BACK_MS)
        marks = start(lambda: self.marks.marks(first, end))
        judged = start(lambda: self.judged.judged(first, end))
        listed = [start(partial(self.shards.shards, name, now_ms)) for name in self.streams]
        last_run = start(lambda: next(self.runs.newest(since, LAST, 1), None))
        waiting = start(lambda: self.queues.messages(self.raw_queue))
        dead_letters = start(lambda: self.queues.messages(self.dead_letters))
        shard_ids = [shard_id for of_stream in listed for shard_id in of_stream()]
        committed = start(lambda: self.checkpoints.committed_at(shard_ids))
        transformed = [start(partial(self._transformed_at, name, since)) for name in shard_ids]
        return Progress(
            now_ms=now_ms,
            marks=marks(),
            judged=judged(),
            shards=_shards(shard_ids, committed(), [at() for at in transformed], since),
            waiting=waiting(),
            dead_letters=dead_letters(),
            last_run=last_run(),
        )

    def _transformed_at(self, shard_id: str, since: str) -> str | None:
        rows = islice(self.ledger.newest(shard_id, since, LAST, _ROWS_AT_ONCE), _MAX_ROWS)
        return next((row.processed_at for row in rows if row.stage == "transform"), None)


def _shards(
    shard_ids: Sequence[str],
    committed: Mapping[str, str],
    transformed: Sequence[str | None],
    since: str,
) -> list[ShardRow]:
    """Take the newest batch from the checkpoint, since many rows may follow its own."""
    recent = {shard_id: at for shard_id, at in committed.items() if at >= since}
    return [
        {
            "shard_id": shard_id,
            "processed_at": recent.get(shard_id),
            "transformed_at": transformed_at,
        }
        for shard_id, transformed_at in zip(shard_ids, transformed, strict=True)
    ]
