"""Where the streaming job writes: each micro-batch goes to PostgreSQL, user by user.

The columns are those of `sources`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  as everybody calls them

from chalicelib.archive.record import Shard
from chalicelib.model import instant
from chalicelib.model.attribution import ShardEnd
from chalicelib.model.measure import Measure
from chalicelib.model.shard_range import ShardRange
from chalicelib.ports import Clock
from glue.database import Database
from glue.partition import PATIENCE_S, Ends, WritePartition, patience, together

# Connections for each stream; more writers wait for each other more than they add.
MAX_WRITERS = 8
_MEASURES = {
    "records": Measure.RECORDS_PROCESSED,
    "unstorable": Measure.RECORDS_QUARANTINED,
    "retries": Measure.CHUNK_RETRIES,
    "attributed": Measure.CHECKOUTS_ATTRIBUTED,
    "restated": Measure.CHECKOUTS_RESTATED,
    "lag_ms": Measure.ATTRIBUTION_LAG,
}


class Progress(Protocol):
    def advance(self, stream: str, read_until: str, ends: Sequence[ShardEnd]) -> None:
        """Record how far a stream is stored, and until when it was read.

        Raises:
            StoreUnavailable: it may have been recorded.
        """
        ...


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """What a micro-batch did, as its log line has it."""

    stream: str
    figures: Mapping[str, int]

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "micro-batch attributed", "stream": self.stream, **self.figures}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {measure: self.figures.get(name, 0) for name, measure in _MEASURES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Stores the micro-batches of one stream; a batch that is run again changes nothing.

    `ranges` asks what the stream's shards take, if its source doesn't say where records are from.
    The database may be away for `patience_s` at a time.
    """

    stream: str
    database: Database
    progress: Progress
    ranges: Callable[[], Sequence[ShardRange]]
    report: Callable[[MicroBatch], None]
    clock: Clock
    patience_s: float = PATIENCE_S

    def __call__(self, batch: DataFrame, batch_id: int) -> None:
        """Write a micro-batch, and only then record how far the stream is stored.

        Raises:
            StoreUnavailable: the database was away for too long; Spark repeats the batch when it
                is started again.
        """
        started_ms = self.clock()
        counts: Counter[str] = Counter(batch_id=batch_id)
        # After the batch was planned, so that no shard in it is unknown here.
        ranges = self._try(self.ranges, counts)
        write = WritePartition(self.database, self.stream, ranges, self.patience_s)
        # Once: a second job on the batch would read it from the stream again.
        written = together(by_user(batch).rdd.mapPartitions(write).collect())
        counts.update(written.counts)
        self._advance(started_ms, written.ends, counts)
        self.report(self._report(started_ms, written.ends, counts))

    def idle(self, since_ms: int) -> None:
        """Record that there was nothing to read at this instant.

        Raises:
            StoreUnavailable: it may have been recorded.
        """
        self.progress.advance(self.stream, instant.to_text(since_ms), [])

    def _advance(self, read_ms: int, ends: Ends, counts: Counter[str]) -> None:
        found = [
            ShardEnd(Shard(self.stream, shard_id).name, sequence, instant.to_text(arrived_ms))
            for shard_id, (sequence, arrived_ms) in ends.items()
            if shard_id
        ]
        until = instant.to_text(read_ms)
        self._try(partial(self.progress.advance, self.stream, until, found), counts)

    def _try[T](self, work: Callable[[], T], counts: Counter[str]) -> T:
        return patience(self.patience_s)(work, partial(counts.update, retries=1))

    def _report(self, started_ms: int, ends: Ends, counts: Counter[str]) -> MicroBatch:
        now_ms = self.clock()
        lags = [now_ms - arrived_ms for _, arrived_ms in ends.values()]
        figures = {**counts, "lag_ms": max(lags, default=0), "duration_ms": now_ms - started_ms}
        return MicroBatch(self.stream, figures)


def by_user(batch: DataFrame) -> DataFrame:
    """Bring each user's records together, so that no two partitions wait for the same user.

    Poison has no user, and goes where its partition key says.
    """
    user = F.get_json_object(F.col("data").cast("string"), "$.user_id")
    return batch.repartition(
        writers(batch.sparkSession.sparkContext.defaultParallelism),
        F.coalesce(user, F.col("partition_key")),
    )


def writers(cores: int) -> int:
    """Return how many connections a stream's micro-batch may write through."""
    return max(1, min(cores, MAX_WRITERS))
