"""What the stages ask of the outside world, one small protocol per need.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from chalicelib.model.alert import Alert
from chalicelib.model.anomaly import Anomaly
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import Commit, LedgerRow
from chalicelib.model.rollup import HourlyRollup, HourMark
from chalicelib.model.run import Run
from chalicelib.model.stored import NewObject, StoredObject, StreamRecord

# Epoch milliseconds.
Clock = Callable[[], int]
# Seconds.
Sleep = Callable[[float], None]
# What a function has left before it is killed, in milliseconds.
RemainingTime = Callable[[], float]


class StreamWriter(Protocol):
    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Put up to 500 records, once; return the positions of those that were refused."""
        ...


class ObjectWriter(Protocol):
    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        """Write an object whole, replacing any of the same key."""
        ...


class ArchiveWriter(Protocol):
    def put_all(self, objects: Sequence[NewObject]) -> None:
        """Write objects in any order; when it raises, any of them may have been written."""
        ...


class ObjectReader(Protocol):
    def get(self, key: str) -> StoredObject:
        """Read an object as it is now.

        Raises:
            ObjectMissing: there is none.
        """
        ...

    def etag(self, key: str) -> str:
        """Return what changes whenever the object does.

        Raises:
            ObjectMissing: there is none.
        """
        ...


class ObjectLister(Protocol):
    def keys(self, prefix: str) -> Sequence[str]:
        """List, consistently, every key under a prefix."""
        ...


class BatchLedger(Protocol):
    def checkpoint(self, shard: str) -> str | None:
        """Return the last committed sequence number, zero-padded, by a consistent read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Apply counters, ledger row and checkpoint together or not at all.

        Raises:
            CheckpointMoved: the checkpoint is not the one that was read.
            Contended: nothing was applied, for a conflict or a throttle.
        """
        ...


class LedgerWriter(Protocol):
    def append(self, row: LedgerRow) -> None: ...


class HourMarker(Protocol):
    def mark(self, hour: Hour) -> None:
        """Count one more change of the hour's lake files."""
        ...


class HourMarks(Protocol):
    """How often an hour has changed, and up to which of these counts it is rolled up."""

    def read(self, hour: Hour) -> HourMark:
        """Return the hour's mark by a consistent read."""
        ...

    def begin(self, hour: Hour) -> int:
        """Count one more, as a lake write does, and return the count.

        So every rollup has a number of its own, above the mark of every lake write that it is
        sure to see, and its hour is due until it, or a later one, finishes.
        """
        ...

    def finish(self, hour: Hour, mark: int) -> None:
        """Say that the hour is rolled up to this mark, unless it is further already."""
        ...

    def due(self, until: Hour) -> Sequence[Hour]:
        """List the hours, up to and with this one, changed since rolled up, oldest first."""
        ...

    def rolled(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return up to which mark each hour is rolled up, of those from `first` to before `end`.

        An hour that never was is left out.
        """
        ...


class Aggregates(Protocol):
    """An hour's rows, replaced as a set by the rollup that has the highest mark."""

    def claim(self, hour: Hour, mark: int, figures: Mapping[str, Figures]) -> frozenset[str]:
        """Bar rollups of a lower mark from writing; return every type that may have a row now.

        The figures of each type are kept, for those that read many hours at once.

        Raises:
            Superseded: a rollup of a higher mark has claimed the hour.
        """
        ...

    def replace(
        self, hour: Hour, mark: int, rows: Sequence[HourlyRollup], gone: Collection[str]
    ) -> None:
        """Write rows and delete those of types that are gone: up to 99, together or not at all.

        Raises:
            Superseded: a rollup of a higher mark has claimed the hour.
        """
        ...


class RollupReader(Protocol):
    """Rollups of the hours from `first` to before `end`, as they are stored now."""

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        """Return a type's rollups, oldest first; an hour without a row is left out.

        Raises:
            Unreadable: a row was stored by a version that kept no sketches.
        """
        ...

    def event_types(self, first: Hour, end: Hour) -> frozenset[str]:
        """Return every type that may have a row, `_all` not among them."""
        ...


class FiguresReader(Protocol):
    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        """Return the figures of each hour that was rolled up, by event type.

        A type without events in an hour may be left out of it.
        """
        ...


class Anomalies(Protocol):
    """An hour's anomalies, replaced as a set by the judgement of its newest rollup.

    An anomaly that a later judgement does not find again is withdrawn, and kept as such. Ranges
    are from `first` to before `end`; reads are consistent.
    """

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return which mark of each hour was judged; an hour that never was is left out."""
        ...

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the anomalies that are not withdrawn."""
        ...

    def claim(self, hour: Hour, mark: int) -> None:
        """Bar judgements of rollups with a lower mark from writing.

        Raises:
            Superseded: the hour was claimed for a higher mark.
        """
        ...

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        """Write what was found and withdraw what is gone: up to 99, together or not at all.

        Whether people were told of an anomaly outlasts both.

        Raises:
            Superseded: the hour was claimed for another mark.
        """
        ...

    def finish(self, hour: Hour, mark: int) -> None:
        """Say that the hour is judged at this mark, unless it is claimed for another by now."""
        ...

    def untold(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the standing anomalies that people are to be told of and were not."""
        ...

    def reserve(self, anomaly: Anomaly, by: str, now_ms: int, until_ms: int) -> bool:
        """Take an untold anomaly for oneself; False if another has it, or has told it."""
        ...

    def told(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        """Note that people were told of an anomaly."""
        ...


class AlertPublisher(Protocol):
    def publish(self, alert: Alert) -> None: ...


class LiveCounts(Protocol):
    def records_by_type(self, hour: Hour) -> Mapping[str, int]:
        """Sum the hour's live counters over all shards; empty when there are none."""
        ...


class Runs(Protocol):
    def record(self, run: Run) -> None: ...


class Executions(Protocol):
    def start(self, name: str, payload: Mapping[str, object]) -> None:
        """Start a state machine execution; one of this name already there is success."""
        ...
