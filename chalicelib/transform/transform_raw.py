"""Write one lake file for each raw object of a batch of messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib.archive.raw_key import RawKey
from chalicelib.errors import StoreUnavailable
from chalicelib.lake import files, raw_lines, rows
from chalicelib.lake.keys import LakeKey
from chalicelib.lake.schema import Table
from chalicelib.model import instant, retention
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import LedgerRow
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock, ObjectReader
from chalicelib.transform import notification
from chalicelib.transform.enrichment import Enrichment
from chalicelib.transform.ports import HourMarker, LedgerWriter, ObjectWriter

PROCESSING = {
    "processing_source": "kinesis-stream",
    "processing_stage": "transformed",
    "processing_version": "1.0",
}
# An object is written once, and again only after a crash.
MAX_READS = 5


class Transformed(NamedTuple):
    """The result for one raw object: its number of rows, or why it has none."""

    n_rows: int = 0
    failure: str = ""
    started_ms: int = 0


type Each = Callable[[Callable[[RawKey], Transformed], Iterable[RawKey]], Iterable[Transformed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformRaw:
    """`each` is `map`, or does the same in parallel: objects share nothing."""

    raw: ObjectReader
    lake: ObjectWriter
    marker: HourMarker
    ledger: LedgerWriter
    clock: Clock
    enrichment: Enrichment
    each: Each = map

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> BatchReport:
        """Transform what the messages name; report each message with a failure in it.

        An hour is marked once for all of its objects, after the last of them was written: until
        then their messages are outstanding, and come again if this invocation dies.
        """
        senders, failures = _senders(records)
        written = self._all(self._write, senders)
        unmarked = self._mark({key.hour for key, one in written.items() if not one.failure})
        results = self._all(lambda key: self._finish(key, written[key], unmarked), senders)
        for key, result in results.items():
            if result.failure:
                failures |= dict.fromkeys(senders[key], f"{key}: {result.failure}")
        return _report(len(records), results.values(), failures)

    def _all(
        self, step: Callable[[RawKey], Transformed], keys: Collection[RawKey]
    ) -> dict[RawKey, Transformed]:
        def attempt(key: RawKey) -> Transformed:
            try:
                return step(key)
            except Exception as error:  # noqa: BLE001  one object must not fail the others
                return Transformed(failure=repr(error))

        return dict(zip(keys, self.each(attempt, keys), strict=True))

    def _write(self, key: RawKey) -> Transformed:
        """Write, and check that what was read is still current: only then is the hour marked.

        The last to write has checked after writing, so what it wrote is current.
        """
        started_ms = self.clock()
        lake_key = LakeKey.of(key)
        for _ in range(MAX_READS):
            stored = self.raw.get(str(key))
            now_ms = self.clock()
            table = self._rows(stored.body, key, now_ms)
            body = files.encode(table, stamp=str(now_ms))
            self.lake.put(str(lake_key), body, {"records": str(len(table))})
            if self.raw.etag(str(key)) == stored.etag:
                return Transformed(len(table), started_ms=started_ms)
        raise StoreUnavailable(f"overwritten {MAX_READS} times while being read")

    def _mark(self, hours: Collection[Hour]) -> Mapping[Hour, str]:
        """Mark each hour; return why some could not be marked."""
        unmarked = {}
        for hour in sorted(hours):
            try:
                self.marker.mark(hour)
            except Exception as error:  # noqa: BLE001  one hour must not fail the others
                unmarked[hour] = repr(error)
        return unmarked

    def _finish(
        self, key: RawKey, written: Transformed, unmarked: Mapping[Hour, str]
    ) -> Transformed:
        if written.failure:
            return written
        if key.hour in unmarked:
            return Transformed(failure=unmarked[key.hour])
        self.ledger.append(self._ledger_row(key, written.n_rows, written.started_ms))
        return written

    def _rows(self, body: bytes, key: RawKey, now_ms: int) -> Table:
        lines = raw_lines.read(body, key)
        derived = self.enrichment.derive(key.event_type, lines)
        return rows.complete(lines, {**derived, **PROCESSING, "processed_at": now_ms})

    def _ledger_row(self, key: RawKey, n_rows: int, started_ms: int) -> LedgerRow:
        now_ms = self.clock()
        lake_key = LakeKey.of(key)
        return LedgerRow(
            batch_id=str(key),
            processed_at=instant.to_text(now_ms),
            shard_id=key.shard,
            stage="transform",
            total_records=n_rows,
            success_records=n_rows,
            failed_records=0,
            partitions=[lake_key.partition],
            keys=[str(lake_key)],
            duration_ms=now_ms - started_ms,
            expires_at=retention.of_ledger_row(now_ms),
        )


def _senders(
    records: Sequence[Mapping[str, Any]],
) -> tuple[dict[RawKey, list[str]], dict[str, str]]:
    """Return the messages that name each object, and why other messages can't be understood."""
    senders: dict[RawKey, list[str]] = {}
    failures: dict[str, str] = {}
    for record in records:
        keys, complaint = notification.read(record["body"])
        for key in keys:
            senders.setdefault(key, []).append(record["messageId"])
        if complaint:
            failures[record["messageId"]] = complaint
    return senders, failures


def _report(
    n_messages: int, results: Collection[Transformed], failures: Mapping[str, str]
) -> BatchReport:
    n_failed = sum(bool(result.failure) for result in results)
    n_rows = sum(result.n_rows for result in results)
    return BatchReport(
        name="raw objects transformed",
        figures={
            "messages": n_messages,
            "objects": len(results),
            "objects_failed": n_failed,
            "rows": n_rows,
        },
        measures={
            Measure.ROWS_WRITTEN: n_rows,
            Measure.MESSAGES_FAILED: len(failures),
        },
        failed_ids=list(failures),
        reasons=list(failures.values()),
    )
