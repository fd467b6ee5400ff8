"""The processing ledger: what became of one chunk of a shard, or one transformed object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.model.distinct import HyperLogLog

# Kinesis' sequence numbers have up to 56 digits, and DynamoDB's numbers 38.
SEQUENCE_DIGITS = 56
# At or above every sequence number.
LAST_SEQUENCE = "9" * SEQUENCE_DIGITS


def padded(sequence_number: str) -> str:
    """Pad a sequence number so that text order is numeric order."""
    return sequence_number.zfill(SEQUENCE_DIGITS)


class CounterKey(NamedTuple):
    """The key of one item of the metrics table."""

    partition_key: str
    sort_key: str


@dataclass(frozen=True, slots=True)
class CounterDelta:
    """What to add to a counter item, attribute by attribute, and when it expires.

    `users` replaces sketches, by attribute: DynamoDB can add numbers, and can't merge those.
    """

    adds: Mapping[str, int]
    expires_at: int
    users: Mapping[str, HyperLogLog] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """`shard_id` is `<stream>-<shard>`, since shard ids repeat from stream to stream."""

    batch_id: str
    processed_at: str
    shard_id: str
    stage: str
    total_records: int
    success_records: int
    failed_records: int
    partitions: Sequence[str]
    keys: Sequence[str]
    duration_ms: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt's exclusive right to commit a shard's records, until another attempt claims it.

    `id` is unique to the attempt, and `reaches` is the last record that it may write.
    """

    shard: str
    id: str
    reaches: str


@dataclass(frozen=True, slots=True)
class Position:
    """How far a shard is committed, and since when.

    Earlier attempts may have left objects that hold records up to `reached`; below the
    checkpoint there are none.
    """

    checkpoint: str | None = None
    committed_at: str | None = None
    reached: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """All that one chunk changes in DynamoDB, conditional on the claim and on the checkpoint."""

    claim: Claim
    read_checkpoint: str | None
    new_checkpoint: str
    counters: Mapping[CounterKey, CounterDelta]
    row: LedgerRow
