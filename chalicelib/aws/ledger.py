"""The processing ledger and the live counters, committed in one DynamoDB transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text, text_of, texts
from chalicelib.errors import CheckpointMoved, Contended, StoreUnavailable
from chalicelib.model.ledger import Commit, CounterDelta, CounterKey, LedgerRow

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class DynamoBatchLedger:
    """Checkpoints share the rows' table, but have no `shard_id`: `ShardIndex` omits them."""

    client: DynamoDBClient
    batches_table: str
    metrics_table: str

    @classmethod
    def open(cls, batches_table: str, metrics_table: str) -> DynamoBatchLedger:
        client = boto3.client("dynamodb", config=calls.CONFIG)
        return cls(client, batches_table, metrics_table)

    def checkpoint(self, shard: str) -> str | None:
        with calls.translated():
            answer = self.client.get_item(
                TableName=self.batches_table, Key=_checkpoint_key(shard), ConsistentRead=True
            )
        item = answer.get("Item")
        return None if item is None else text_of(item, "sequence_number")

    def commit(self, commit: Commit) -> None:
        try:
            with calls.translated():
                self.client.transact_write_items(TransactItems=self.items_of(commit))
        except Contended:
            raise
        except StoreUnavailable as error:
            raise _reason(error) from error

    def items_of(self, commit: Commit) -> list[TransactWriteItemTypeDef]:
        """Return the commit as the items of one transaction; DynamoDB accepts up to 100."""
        items = [self._advance(commit), self._append(commit.row)]
        return items + [self._add(key, delta) for key, delta in commit.counters.items()]

    def append(self, row: LedgerRow) -> None:
        with calls.translated():
            self.client.put_item(TableName=self.batches_table, Item=_ledger_item(row))

    def _advance(self, commit: Commit) -> TransactWriteItemTypeDef:
        key = _checkpoint_key(commit.shard)
        put: dict[str, Any] = {
            "TableName": self.batches_table,
            "Item": key | {"sequence_number": text(commit.new_checkpoint)},
            "ConditionExpression": "attribute_not_exists(batch_id)",
        }
        if commit.read_checkpoint is not None:
            put["ConditionExpression"] = "sequence_number = :read"
            put["ExpressionAttributeValues"] = {":read": text(commit.read_checkpoint)}
        return {"Put": put}  # type: ignore[typeddict-item]  # two shapes of one literal

    def _append(self, row: LedgerRow) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self.batches_table, "Item": _ledger_item(row)}}

    def _add(self, key: CounterKey, delta: CounterDelta) -> TransactWriteItemTypeDef:
        terms = ",".join(f"{name} :{n}" for n, name in enumerate(delta.adds))
        values = {f":{n}": number(value) for n, value in enumerate(delta.adds.values())}
        return {
            "Update": {
                "TableName": self.metrics_table,
                "Key": {name: text(value) for name, value in key._asdict().items()},
                "UpdateExpression": f"SET expires_at=:e ADD {terms}",
                "ExpressionAttributeValues": values | {":e": number(delta.expires_at)},
            }
        }


def _checkpoint_key(shard: str) -> dict[str, dict[str, str]]:
    return {"batch_id": text(f"{CHECKPOINT}#{shard}"), "processed_at": text(CHECKPOINT)}


def _ledger_item(row: LedgerRow) -> Mapping[str, Any]:
    return {
        "batch_id": text(row.batch_id),
        "processed_at": text(row.processed_at),
        "shard_id": text(row.shard_id),
        "stage": text(row.stage),
        "total_records": number(row.total_records),
        "success_records": number(row.success_records),
        "failed_records": number(row.failed_records),
        "partitions_count": number(len(row.partitions)),
        "partitions": texts(row.partitions),
        "object_keys": texts(row.keys),
        "duration_ms": number(row.duration_ms),
        "expires_at": number(row.expires_at),
    }


def _reason(error: StoreUnavailable) -> Exception:
    """Distinguish the reasons why DynamoDB cancels a transaction; none of them applies it."""
    cause = error.__cause__
    if (
        not isinstance(cause, ClientError)
        or calls.code_of(cause) != "TransactionCanceledException"
    ):
        return error
    reasons = [str(reason.get("Code")) for reason in cause.response.get("CancellationReasons", [])]
    if reasons[:1] == ["ConditionalCheckFailed"]:
        return CheckpointMoved()
    return Contended(str(cause))
