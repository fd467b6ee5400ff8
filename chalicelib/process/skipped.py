"""The records of a batch that are at or below the checkpoint, which are not processed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from chalicelib.model import instant
from chalicelib.model.ledger import Position, padded

# Kinesis' time of arrival is approximate.
TOLERANCE_MS = 1_000


class Skipped(NamedTuple):
    """`dropped` are those that arrived after the commit and so can't have been in it.

    That happens if a stream was deleted and created again, and its numbers start lower.
    """

    skipped: int = 0
    dropped: int = 0


def skipped(position: Position, records: Sequence[Mapping[str, Any]]) -> Skipped:
    """Count a shard's records, which are in order, up to the checkpoint."""
    checkpoint, committed_at = position.checkpoint, position.committed_at
    if checkpoint is None:
        return Skipped()
    below = takewhile(
        lambda kinesis: padded(kinesis["sequenceNumber"]) <= checkpoint,
        (record["kinesis"] for record in records),
    )
    arrivals = [round(kinesis["approximateArrivalTimestamp"] * 1000) for kinesis in below]
    if committed_at is None:
        return Skipped(len(arrivals))
    latest_ms = instant.from_text(committed_at) + TOLERANCE_MS
    return Skipped(len(arrivals), sum(arrived_ms > latest_ms for arrived_ms in arrivals))
