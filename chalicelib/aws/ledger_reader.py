"""The processing ledger by shard, read from DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.attribute import text_of
from chalicelib.aws.ledger import checkpoint_key, shard_of_checkpoint
from chalicelib.aws.reads import Table
from chalicelib.model.ledger import LedgerRow

INDEX = "ShardIndex"


@dataclass(frozen=True, slots=True)
class DynamoLedgerReader:
    """Checkpoints lack what the index is by, and so are not among its rows."""

    table: Table

    def newest(self, shard_id: str, first: str, last: str, at_once: int) -> Iterator[LedgerRow]:
        key = "processed_at", first, last
        items = self.table.newest(("shard_id", shard_id), key, at_once, IndexName=INDEX)
        return map(row_of, items)

    def committed_at(self, shard_ids: Sequence[str]) -> Mapping[str, str]:
        checkpoints = self.table.each_of([checkpoint_key(shard_id) for shard_id in shard_ids])
        return {
            shard_of_checkpoint(item): text_of(item, "committed_at")
            for item in checkpoints
            if "committed_at" in item
        }


def row_of(item: Mapping[str, Any]) -> LedgerRow:
    return LedgerRow(
        batch_id=item["batch_id"]["S"],
        processed_at=item["processed_at"]["S"],
        shard_id=item["shard_id"]["S"],
        stage=item["stage"]["S"],
        total_records=int(item["total_records"]["N"]),
        success_records=int(item["success_records"]["N"]),
        failed_records=int(item["failed_records"]["N"]),
        partitions=[partition["S"] for partition in item["partitions"]["L"]],
        keys=[key["S"] for key in item["object_keys"]["L"]],
        duration_ms=int(item["duration_ms"]["N"]),
        expires_at=int(item["expires_at"]["N"]),
    )
