"""Put the clicks and checkouts of one raw object through attribution's transaction again."""

from __future__ import annotations

import gzip
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pybase64

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution import RestoreRecords
from chalicelib.attribution.patience import Patience
from chalicelib.attribution.ports import RowStore
from chalicelib.model import instant

# The person who started it waits at a terminal, and can start it again.
NO_PATIENCE = Patience(0, time.sleep, random.random)
_OF_THE_EVENT = (
    "event_id",
    "event_type",
    "source",
    "user_id",
    "session_id",
    "timestamp",
    "ingested_at",
    "properties",
)


@dataclass(frozen=True, slots=True)
class RebuildObject:
    """One raw object is a transaction, so that an interrupted run loses no more than one.

    Of repeated events the earliest record is kept, as it is when the streams are read: the tables
    become what they were, in whatever order objects are read, and however often.
    """

    store: RowStore

    def __call__(self, body: bytes) -> Counter[str]:
        restore = RestoreRecords(store=self.store, patience=NO_PATIENCE)
        return restore([*_records(body)])


def _records(body: bytes) -> Iterator[tuple[Shard, Record]]:
    """Read each line as the record that it was made of."""
    for line in gzip.decompress(body).splitlines():
        written: dict[str, Any] = orjson.loads(line)
        event = {n: written[n] for n in _OF_THE_EVENT if written[n] is not None}
        origin = written["kinesis"]
        data = pybase64.b64encode(orjson.dumps(event)).decode()
        yield (
            Shard(origin["stream"], origin["shard_id"]),
            Record(
                origin["sequence_number"],
                origin["sequence_number"],
                origin["partition_key"],
                instant.from_text(origin["arrived_at"]),
                data,
            ),
        )
