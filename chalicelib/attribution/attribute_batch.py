"""Store the clicks and checkouts of one batch, and credit each checkout to its first click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from chalicelib.archive.record import Record, Shard, above, by_shard
from chalicelib.attribution.part import part_of
from chalicelib.attribution.ports import AttributionStore
from chalicelib.attribution.read_row import Reason
from chalicelib.errors import CheckpointMoved, RowsRefused, StoreUnavailable
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock, RemainingTime, Sleep

MAX_ATTEMPTS = 6
BACKOFF_S = 0.1
_MEASURES = {
    "records": Measure.RECORDS_PROCESSED,
    "skipped": Measure.RECORDS_SKIPPED,
    "unstorable": Measure.RECORDS_QUARANTINED,
    "retries": Measure.CHUNK_RETRIES,
    "attributed": Measure.CHECKOUTS_ATTRIBUTED,
    "restated": Measure.CHECKOUTS_RESTATED,
    "lag_ms": Measure.ATTRIBUTION_LAG,
}


class _OutOfTime(Exception):
    """Too little of the function's time is left to start another transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeBatch:
    """Takes clicks and checkouts from any stream, and passes over whatever else is there.

    `reserve_ms` is left of the function's time when the last transaction has ended.
    """

    store: AttributionStore
    clock: Clock
    sleep: Sleep
    jitter: Callable[[], float]
    reserve_ms: int
    max_records: int = 10_000

    def __call__(
        self, records: Sequence[Mapping[str, Any]], remaining_ms: RemainingTime
    ) -> BatchReport:
        """Attribute a batch; report the first record of each shard that was not committed."""
        started_ms = self.clock()
        figures: Counter[str] = Counter(records=len(records))
        works = [
            _ShardWork(self, shard, shard_records, remaining_ms, figures)
            for shard, shard_records in by_shard(records).items()
        ]
        failed = {name: reason for work in works for name, reason in work.run().items()}
        figures["duration_ms"] = self.clock() - started_ms
        return BatchReport(
            name="batch attributed",
            figures=figures,
            measures={measure: figures[name] for name, measure in _MEASURES.items()},
            failed_ids=list(failed),
            reasons=list(failed.values()),
            recovered_from=[] if failed else _distinct(works),
        )


def _distinct(works: Sequence[_ShardWork]) -> list[str]:
    return list(dict.fromkeys(text for work in works for text in work.failures))


@dataclass(slots=True)
class _ShardWork:
    """The work on one shard's part of a batch, and what has gone wrong with it so far."""

    stage: AttributeBatch
    shard: Shard
    records: Sequence[Mapping[str, Any]]
    remaining_ms: RemainingTime
    figures: Counter[str]
    checkpoint: str | None = None
    failures: list[str] = field(default_factory=list)
    size: int = 0
    has_begun: bool = False

    def run(self) -> dict[str, str]:
        """Return the identifier of the first uncommitted record with the reason, or nothing."""
        self.size = self.stage.max_records
        attempts = 0
        while True:
            before = self.checkpoint
            try:
                self._attempt()
            except _OutOfTime as out_of_time:
                return self._abandon(out_of_time)
            except (CheckpointMoved, StoreUnavailable) as failure:
                self.failures.append(repr(failure))
                attempts = 1 if self.checkpoint != before else attempts + 1
                wait_s = BACKOFF_S * 2**attempts * self.stage.jitter()
                if attempts >= MAX_ATTEMPTS or self._left_ms(after_s=wait_s) <= 0:
                    return self._abandon(failure)
            else:
                return {}
            # A smaller transaction holds fewer locks, and may fit into the time.
            self.size = max(1, self.size // 2)
            self.stage.sleep(wait_s)
            self.figures["retries"] += 1

    def _attempt(self) -> None:
        """Continue from the current checkpoint, whatever happened to earlier attempts."""
        if self._left_ms() <= 0:
            raise _OutOfTime
        self.checkpoint = self.stage.store.checkpoint(self.shard.name)
        pending = list(above(self.checkpoint, self.records))
        if not self.has_begun:
            # Later, what this batch has committed itself is below the checkpoint as well.
            self.figures["skipped"] += len(self.records) - len(pending)
            self.has_begun = True
        for part in batched(pending, self.size):
            self._apply(part)

    def _apply(self, records: Sequence[Record], reason: Reason | None = None) -> None:
        """Apply records, and isolate those that the database refuses."""
        if (left_ms := self._left_ms()) <= 0:
            raise _OutOfTime
        counts, part = part_of(records, self.shard, self.checkpoint, reason)
        try:
            applied = self.stage.store.apply(part, left_ms)
        except RowsRefused as refused:
            self.failures.append(repr(refused))
            if len(records) == 1:
                self._apply(records, Reason.REFUSED)
                return
            half = len(records) // 2
            self._apply(records[:half])
            self._apply(records[half:])
            return
        self.checkpoint = part.last_sequence
        self.figures.update(counts)
        self.figures.update(applied._asdict(), transactions=1)
        self.figures["lag_ms"] = self.stage.clock() - records[-1].arrived_ms

    def _left_ms(self, *, after_s: float = 0) -> int:
        return int(self.remaining_ms() - after_s * 1000 - self.stage.reserve_ms)

    def _abandon(self, reason: Exception) -> dict[str, str]:
        first = next(above(self.checkpoint, self.records), None)
        return {} if first is None else {first.identifier: repr(reason)}
