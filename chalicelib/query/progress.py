"""How far every stage is, from what each has left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourMark
from chalicelib.model.run import Run
from chalicelib.query.finality import is_over
from chalicelib.query.pipeline_shapes import HoursDue, ShardRow, Stage

StageName = Literal["process", "transform", "rollup", "judgement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is known at one moment.

    `judged` are the marks of the rollups that were judged; `waiting` and `dead_letters` are
    messages about raw objects.
    """

    now_ms: int
    marks: Mapping[Hour, HourMark]
    judged: Mapping[Hour, int]
    shards: Sequence[ShardRow]
    waiting: int
    dead_letters: int
    last_run: Run | None

    @property
    def due(self) -> list[Hour]:
        """The hours that are over and changed since they were rolled up, oldest first."""
        marks = self.marks.values()
        return sorted(m.hour for m in marks if m.is_due and is_over(m.hour, self.now_ms))

    @property
    def unjudged(self) -> list[Hour]:
        """The hours that are over and whose last rollup was not judged."""
        return [
            hour
            for hour, mark in self.marks.items()
            if mark.rolled > self.judged.get(hour, 0) and is_over(hour, self.now_ms)
        ]

    @property
    def rollup_behind_ms(self) -> int:
        """The time since the end of the oldest due hour."""
        due = self.due
        return self.now_ms - due[0].plus(1).start_ms if due else 0

    @property
    def transform_behind_ms(self) -> int:
        """How much longer ago transform wrote its last row than process did, if objects wait."""
        processed = newest(shard["processed_at"] for shard in self.shards)
        if not self.waiting or processed is None:
            return 0
        transformed = newest(shard["transformed_at"] for shard in self.shards)
        if transformed is None:
            # A row may be written after the moment of asking.
            return max(0, self.now_ms - instant.from_text(processed))
        return max(0, instant.from_text(processed) - instant.from_text(transformed))

    @property
    def hours_due(self) -> HoursDue:
        due = self.due
        return {"count": len(due), "oldest": instant.to_text(due[0].start_ms) if due else None}

    @property
    def stages(self) -> list[Stage]:
        processed = newest(shard["processed_at"] for shard in self.shards)
        transformed = newest(shard["transformed_at"] for shard in self.shards)
        rolled = _end(hour for hour, mark in self.marks.items() if mark.rolled)
        return [
            _stage("process", processed),
            _stage("transform", transformed, self.transform_behind_ms, self.waiting),
            _stage("rollup", rolled, self.rollup_behind_ms, len(self.due)),
            _stage("judgement", _end(self.judged), waiting=len(self.unjudged)),
        ]


def newest(instants: Iterable[str | None]) -> str | None:
    return max((text for text in instants if text), default=None)


def _end(hours: Iterable[Hour]) -> str | None:
    last_ms = max((hour.start_ms for hour in hours), default=None)
    return None if last_ms is None else instant.to_text(Hour(last_ms).plus(1).start_ms)


def _stage(
    name: StageName,
    newest_at: str | None,
    behind_ms: int | None = None,
    waiting: int | None = None,
) -> Stage:
    behind_s = None if behind_ms is None else behind_ms / 1000
    return {"stage": name, "newest_at": newest_at, "behind_s": behind_s, "waiting": waiting}
