"""Archive, count and commit one batch, chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched, takewhile
from typing import Any

from chalicelib.archive.record import Record, Shard, above, by_shard
from chalicelib.archive.screen_record import Accept, accept, screen
from chalicelib.errors import ClaimLost, StoreUnavailable
from chalicelib.model import instant, retention
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.identifier import uuid7
from chalicelib.model.ledger import Claim, Commit, LedgerRow, padded
from chalicelib.model.marks import Enrich
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock, RemainingTime, Sleep
from chalicelib.process import leftovers
from chalicelib.process.archive_objects import ArchiveObjects
from chalicelib.process.chunk import Chunk, Limits, cut
from chalicelib.process.objects import objects_of
from chalicelib.process.ports import ArchiveWriter, BatchLedger
from chalicelib.process.skipped import skipped
from chalicelib.process.stored_users import with_stored_users

_MEASURES = {
    "accepted": Measure.RECORDS_ARCHIVED,
    "quarantined": Measure.RECORDS_QUARANTINED,
    "skipped": Measure.RECORDS_SKIPPED,
    "dropped": Measure.RECORDS_DROPPED,
    "retries": Measure.CHUNK_RETRIES,
    "unenriched": Measure.EVENTS_UNENRICHED,
}
MAX_ATTEMPTS = 6
BACKOFF_S = 0.1
NO_ID = ""
# Records at a time where leftovers are looked for: each may be listed under a prefix of its own.
SEARCHED_RECORDS = 1_000


# From the records of a batch to what marks them, or None.
type EnrichBatch = Callable[[Sequence[Mapping[str, Any]]], Enrich | None]


def enriches_nothing(_records: Sequence[Mapping[str, Any]]) -> Enrich | None:
    return None


class _OutOfTime(Exception):
    """Too little of the function's time is left to start another chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessBatch:
    archive: ArchiveWriter
    ledger: BatchLedger
    clock: Clock
    sleep: Sleep
    jitter: Callable[[], float]
    entropy: Callable[[], int]
    limits: Limits
    reserve_ms: int
    accept: Accept = accept
    enrich: EnrichBatch = enriches_nothing

    def __call__(
        self, records: Sequence[Mapping[str, Any]], remaining_ms: RemainingTime
    ) -> BatchReport:
        """Process a batch; report the first record of each shard that was not committed."""
        started_ms = self.clock()
        figures: Counter[str] = Counter(records=len(records))
        failed: dict[str, str] = {}
        for shard, shard_records in by_shard(records).items():
            last = padded(shard_records[-1]["kinesis"]["sequenceNumber"])
            claim = Claim(shard.name, NO_ID, last)
            work = _ShardWork(self, shard, shard_records, remaining_ms, figures, started_ms, claim)
            failed |= work.run()
        figures["duration_ms"] = self.clock() - started_ms
        return BatchReport(
            name="batch processed",
            figures=figures,
            measures={measure: figures[name] for name, measure in _MEASURES.items()},
            failed_ids=list(failed),
            reasons=list(failed.values()),
        )


@dataclass(slots=True)
class _ShardWork:
    """The work on one shard's part of a batch, its claim, and the last checkpoint seen."""

    stage: ProcessBatch
    shard: Shard
    records: Sequence[Mapping[str, Any]]
    remaining_ms: RemainingTime
    figures: Counter[str]
    started_ms: int
    claim: Claim
    checkpoint: str | None = None
    reached: str = ""
    enrich: Enrich | None = field(init=False)

    def __post_init__(self) -> None:
        # Once, so that what a batch asks for does not grow with its attempts.
        self.enrich = self.stage.enrich(self.records)

    def run(self) -> dict[str, str]:
        """Return the identifier of the first uncommitted record with the reason, or nothing."""
        attempts = 0
        while True:
            before = self.checkpoint
            try:
                self._attempt()
            except ClaimLost as lost:
                # Claiming again would take the shard from an attempt that is still at work.
                self.figures["claims_lost"] += 1
                return self._abandon(lost)
            except _OutOfTime as out_of_time:
                return self._abandon(out_of_time)
            except StoreUnavailable as unavailable:
                failure = unavailable
            else:
                return {}
            attempts = 1 if self.checkpoint != before else attempts + 1
            wait_s = BACKOFF_S * 2**attempts * self.stage.jitter()
            if attempts >= MAX_ATTEMPTS or self._is_late(after_s=wait_s):
                return self._abandon(failure)
            self.stage.sleep(wait_s)
            self.figures["retries"] += 1

    def _attempt(self) -> None:
        """Continue from the current checkpoint, whatever happened to earlier attempts."""
        self._take_claim()
        pending: Iterable[Record] = above(self.checkpoint, self.records)
        parts = batched(pending, SEARCHED_RECORDS) if self._may_have_leftovers() else [pending]
        for part in parts:
            screened = (
                screen(record, self.shard, self.stage.accept, self.enrich) for record in part
            )
            for chunk in cut(screened, self.stage.limits):
                if self._is_late():
                    raise _OutOfTime
                self._commit(chunk)
                self.checkpoint = chunk.last_sequence

    def _take_claim(self) -> None:
        claim = replace(self.claim, id=uuid7(self.started_ms, self.stage.entropy()))
        position = self.stage.ledger.claim(claim)
        if self.claim.id == NO_ID:
            # Later, what this batch has committed itself is below the checkpoint as well.
            self.figures.update(skipped(position, self.records)._asdict())
        self.claim = claim
        self.checkpoint, self.reached = position.checkpoint, position.reached

    def _may_have_leftovers(self) -> bool:
        """Say whether an earlier attempt may have written records that it did not commit."""
        return (self.checkpoint or "") < self.reached

    def _commit(self, chunk: Chunk) -> None:
        """Archive, then commit: a crash in between repeats work but never skips it."""
        started_ms = self.stage.clock()
        objects = list(objects_of(chunk, self.shard.name))
        archive = ArchiveObjects(self.stage.archive, self.stage.ledger)
        archive(self.claim, objects)
        if self._may_have_leftovers():
            archive.empty(self.claim, self._leftovers(chunk) - {new.key for new in objects})
        self.stage.ledger.commit(
            Commit(
                claim=self.claim,
                read_checkpoint=self.checkpoint,
                new_checkpoint=chunk.last_sequence,
                counters=with_stored_users(
                    chunk.counters.deltas(self.shard.name), self.stage.ledger
                ),
                row=self._row(chunk, [new.key for new in objects], started_ms),
            )
        )
        self.figures.update(
            accepted=chunk.n_accepted,
            quarantined=chunk.n_quarantined,
            unenriched=chunk.n_unenriched,
            chunks=1,
            objects=len(objects),
        )

    def _leftovers(self, chunk: Chunk) -> set[str]:
        """Find every object that starts with a record of this chunk."""
        first, last = chunk.first_sequence, chunk.last_sequence
        records = takewhile(lambda r: r.sequence <= last, above(self.checkpoint, self.records))
        found = self.stage.archive.etags(leftovers.prefixes(records, self.shard.name))
        return leftovers.among(found, first, last)

    def _row(self, chunk: Chunk, keys: Sequence[str], started_ms: int) -> LedgerRow:
        now_ms = self.stage.clock()
        n_accepted, n_quarantined = chunk.n_accepted, chunk.n_quarantined
        return LedgerRow(
            batch_id=f"{self.shard.name}-{chunk.first_sequence}",
            processed_at=instant.to_text(now_ms),
            shard_id=self.shard.name,
            stage="process",
            total_records=n_accepted + n_quarantined,
            success_records=n_accepted,
            failed_records=n_quarantined,
            partitions=sorted({key.rpartition("/")[0] for key in keys}),
            keys=keys,
            duration_ms=now_ms - started_ms,
            expires_at=retention.of_ledger_row(now_ms),
        )

    def _is_late(self, *, after_s: float = 0) -> bool:
        return self.remaining_ms() - after_s * 1000 < self.stage.reserve_ms

    def _abandon(self, reason: Exception) -> dict[str, str]:
        first = next(above(self.checkpoint, self.records), None)
        return {} if first is None else {first.identifier: repr(reason)}
