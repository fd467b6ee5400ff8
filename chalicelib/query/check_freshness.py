"""Answer `GET /freshness`: how far every stage is, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import NamedTuple

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS
from chalicelib.model.period import Period
from chalicelib.model.rollup import HourMark
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
from chalicelib.query.remembered_past import RememberedPast
from chalicelib.query.remembered_shards import RememberedShards
from chalicelib.query.span import LAST

# An event may be a month old when it arrives; the ledger is kept for a month.
_BACK_MS = 31 * DAY_MS
# A chunk writes one row when it is processed, and some dozens when its objects are transformed.
_ROWS_AT_ONCE = 25
_MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class Past:
    """What a process remembers of hours of days ago."""

    marks: RememberedPast[HourMark] = field(default_factory=RememberedPast)
    judged: RememberedPast[int] = field(default_factory=RememberedPast)


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
    past: Past = field(default_factory=Past)

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
        hours = Period(Hour.of(now_ms - _BACK_MS), Hour.of(now_ms).plus(1))
        since = instant.to_text(now_ms - _BACK_MS)
        marks = start(lambda: self.past.marks.values(self.marks.marks, hours, now_ms))
        judged = start(lambda: self.past.judged.values(self.judged.judged, hours, now_ms))
        listed = [start(partial(self.shards.shards, name, now_ms)) for name in self.streams]
        last_run = start(lambda: next(self.runs.newest(since, LAST, 1), None))
        waiting = start(lambda: self.queues.messages(self.raw_queue))
        dead_letters = start(lambda: self.queues.messages(self.dead_letters))
        shard_ids = [shard_id for of_stream in listed for shard_id in of_stream()]
        committed = start(lambda: self.checkpoints.committed_at(shard_ids))
        transformed = [start(partial(self._transformed, name, since)) for name in shard_ids]
        found = [of_shard() for of_shard in transformed]
        return Progress(
            now_ms=now_ms,
            marks=marks(),
            judged=judged(),
            shards=_shards(shard_ids, committed(), found, since),
            untransformed_since=[one.ahead_since for one in found if one.ahead_since],
            waiting=waiting(),
            dead_letters=dead_letters(),
            last_run=last_run(),
        )

    def _transformed(self, shard_id: str, since: str) -> _Transformed:
        ahead_since: str | None = None
        rows = self.ledger.newest(shard_id, since, LAST, _ROWS_AT_ONCE)
        for row in islice(rows, _MAX_ROWS):
            if row.stage == "transform":
                return _Transformed(row.processed_at, ahead_since)
            ahead_since = row.processed_at
        return _Transformed(None, ahead_since)


class _Transformed(NamedTuple):
    """When transform wrote its newest row of a shard, and process its first one after that."""

    at: str | None
    ahead_since: str | None


def _shards(
    shard_ids: Sequence[str],
    committed: Mapping[str, str],
    transformed: Sequence[_Transformed],
    since: str,
) -> list[ShardRow]:
    """Take the newest batch from the checkpoint, since many rows may follow its own."""
    recent = {shard_id: at for shard_id, at in committed.items() if at >= since}
    return [
        {
            "shard_id": shard_id,
            "processed_at": recent.get(shard_id),
            "transformed_at": one.at,
        }
        for shard_id, one in zip(shard_ids, transformed, strict=True)
    ]
