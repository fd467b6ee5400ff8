"""What becomes of one partition of a micro-batch, in one of Spark's Python processes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import batched
from typing import Any, NamedTuple

import pybase64

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution import RestoreRecords
from chalicelib.attribution.patience import Patience
from chalicelib.model.ledger import padded
from chalicelib.model.shard_range import ShardRange, shard_of
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from glue.database import Database

MAX_RECORDS = 10_000
# Longer than an instance takes to be replaced by its standby, or to be updated.
PATIENCE_S = 600.0

# By the id of a shard, its last record, and when it arrived.
type Ends = dict[str, tuple[str, int]]


class Written(NamedTuple):
    """What records became: counts, and how far each shard is stored."""

    counts: Counter[str]
    ends: Ends


def patience(longest_s: float = PATIENCE_S) -> Patience:
    return Patience(longest_s, time.sleep, random.random)


@dataclass(frozen=True, slots=True)
class WritePartition:
    """Runs in Spark's Python processes, with a connection for as long as the partition lasts."""

    database: Database
    stream: str
    ranges: Sequence[ShardRange] = ()
    patience_s: float = PATIENCE_S

    def __call__(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Written]:
        store = PostgresAttributionStore.open(self.database.conninfo)
        restore = RestoreRecords(store=store, patience=patience(self.patience_s))
        with closing(store.link):
            # The link opens nothing for an empty partition.
            for chunk in batched(rows, MAX_RECORDS):
                records = [self._record(row) for row in chunk]
                yield Written(restore(records), last_of(records))

    def _record(self, row: Mapping[str, Any]) -> tuple[Shard, Record]:
        key, sequence = row["partition_key"], row["sequence"]
        shard_id = row["shard_id"] or shard_of(self.ranges, key, sequence)
        data = pybase64.b64encode(row["data"]).decode()
        record = Record(padded(sequence), sequence, key, row["arrived_ms"], data)
        return Shard(self.stream, shard_id), record


def last_of(records: Iterable[tuple[Shard, Record]]) -> Ends:
    """Return the last record of each shard, and when it arrived."""
    ends: Ends = {}
    for shard, record in records:
        end = (record.sequence, record.arrived_ms)
        ends[shard.shard_id] = max(end, ends.get(shard.shard_id, end))
    return ends


def together(written: Iterable[Written]) -> Written:
    """Combine what the partitions became."""
    counts: Counter[str] = Counter()
    ends: Ends = {}
    for part in written:
        counts.update(part.counts)
        for shard_id, end in part.ends.items():
            ends[shard_id] = max(end, ends.get(shard_id, end))
    return Written(counts, ends)
