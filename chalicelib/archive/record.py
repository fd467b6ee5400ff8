"""One record of a Kinesis batch, as Lambda passes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.model.ledger import padded


class Record(NamedTuple):
    """`sequence` sorts as text; `data` is still base64, since most retried records are skipped."""

    sequence: str
    identifier: str
    partition_key: str
    arrived_ms: int
    data: str


class Shard(NamedTuple):
    stream: str
    shard_id: str

    @property
    def name(self) -> str:
        return f"{self.stream}-{self.shard_id}"


def by_shard(records: Sequence[Mapping[str, Any]]) -> dict[Shard, list[Mapping[str, Any]]]:
    """Group a batch by shard; Lambda sends one shard at a time."""
    found: dict[Shard, list[Mapping[str, Any]]] = {}
    arn, prefix = None, ""
    group: list[Mapping[str, Any]] = []
    for raw in records:
        # Nearly always the same as the last one, which is quicker to check than to parse again.
        if raw["eventSourceARN"] != arn or not raw["eventID"].startswith(prefix):
            arn, shard_id = raw["eventSourceARN"], raw["eventID"].partition(":")[0]
            prefix = f"{shard_id}:"
            group = found.setdefault(Shard(arn.rpartition("/")[2], shard_id), [])
        group.append(raw)
    return found


def above(checkpoint: str | None, records: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
    """Read the records that are not committed yet, one by one."""
    for raw in records:
        kinesis = raw["kinesis"]
        identifier = kinesis["sequenceNumber"]
        sequence = padded(identifier)
        if checkpoint is None or sequence > checkpoint:
            yield Record(
                sequence,
                identifier,
                kinesis["partitionKey"],
                round(kinesis["approximateArrivalTimestamp"] * 1000),
                kinesis["data"],
            )
