"""The processing ledger and the live counters, committed in one DynamoDB transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text, text_of, texts
from chalicelib.aws.user_sketches import attributes_of, sketches_of
from chalicelib.errors import ClaimLost, Contended, StoreUnavailable
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.ledger import (
    LAST_SEQUENCE,
    Claim,
    Commit,
    CounterDelta,
    CounterKey,
    LedgerRow,
    Position,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef, TransactWriteItemTypeDef

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class DynamoBatchLedger:
    """Checkpoints share the rows' table, but have no `shard_id`: `ShardIndex` omits them.

    A checkpoint's item also holds the claim on its shard. Versions that knew no claims left items
    without one, and replace the item as a whole, which ends the claim.
    """

    client: DynamoDBClient
    batches_table: str
    metrics_table: str

    @classmethod
    def open(cls, batches_table: str, metrics_table: str) -> DynamoBatchLedger:
        client = boto3.client("dynamodb", config=calls.CONFIG)
        return cls(client, batches_table, metrics_table)

    def claim(self, claim: Claim) -> Position:
        try:
            return self._take(
                claim,
                UpdateExpression="SET claimed_by=:id,reaches=:r",
                ConditionExpression="attribute_not_exists(reaches) OR reaches<=:r",
                ExpressionAttributeValues={":id": text(claim.id), ":r": text(claim.reaches)},
            )
        except StoreUnavailable as error:
            if not calls.is_refused(error):
                raise
        # An earlier attempt reached further, which must not be forgotten.
        return self._take(
            claim,
            UpdateExpression="SET claimed_by=:id",
            ExpressionAttributeValues={":id": text(claim.id)},
        )

    def holds(self, claim: Claim) -> bool:
        return _text_or_none(self._item(claim.shard), "claimed_by") == claim.id

    def checkpoint(self, shard: str) -> str | None:
        """Return the padded sequence number up to which a shard is committed."""
        return _text_or_none(self._item(shard), "sequence_number")

    def _item(self, shard: str) -> Mapping[str, Any]:
        with calls.translated():
            answer = self.client.get_item(
                TableName=self.batches_table, Key=checkpoint_key(shard), ConsistentRead=True
            )
        return answer.get("Item", {})

    def users(self, keys: Sequence[CounterKey]) -> Mapping[CounterKey, Mapping[str, HyperLogLog]]:
        """Return the sketches of up to 100 items.

        Raises:
            Contended: some could not be read.
            StoreUnavailable: anything else.
        """
        asked: KeysAndAttributesTypeDef = {
            "Keys": [_key(key) for key in keys],
            "ConsistentRead": True,
        }
        with calls.translated():
            answer = self.client.batch_get_item(RequestItems={self.metrics_table: asked})
        if answer.get("UnprocessedKeys"):
            raise Contended("DynamoDB did not read all items")
        items = answer["Responses"].get(self.metrics_table, [])
        return {_key_of(item): sketches_of(item) for item in items}

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

    def _take(self, claim: Claim, **update: Any) -> Position:
        with calls.translated():
            answer = self.client.update_item(
                TableName=self.batches_table,
                Key=checkpoint_key(claim.shard),
                ReturnValues="ALL_OLD",
                **update,
            )
        return _position(answer.get("Attributes"))

    def append(self, row: LedgerRow) -> None:
        with calls.translated():
            self.client.put_item(TableName=self.batches_table, Item=item_of(row))

    def _advance(self, commit: Commit) -> TransactWriteItemTypeDef:
        values = {
            ":id": text(commit.claim.id),
            ":new": text(commit.new_checkpoint),
            ":at": text(commit.row.processed_at),
        }
        read = "attribute_not_exists(sequence_number)"
        if commit.read_checkpoint is not None:
            read, values[":read"] = "sequence_number=:read", text(commit.read_checkpoint)
        return {
            "Update": {
                "TableName": self.batches_table,
                "Key": checkpoint_key(commit.claim.shard),
                "UpdateExpression": "SET sequence_number=:new,committed_at=:at",
                "ConditionExpression": f"claimed_by=:id AND {read}",
                "ExpressionAttributeValues": values,
            }
        }

    def _append(self, row: LedgerRow) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self.batches_table, "Item": item_of(row)}}

    def _add(self, key: CounterKey, delta: CounterDelta) -> TransactWriteItemTypeDef:
        terms = ",".join(f"{name} :{n}" for n, name in enumerate(delta.adds))
        added = {f":{n}": number(value) for n, value in enumerate(delta.adds.values())}
        sets = {"expires_at": number(delta.expires_at)} | attributes_of(delta.users)
        assignments = ",".join(f"{name}=:s{n}" for n, name in enumerate(sets))
        values = added | {f":s{n}": value for n, value in enumerate(sets.values())}
        return {
            "Update": {
                "TableName": self.metrics_table,
                "Key": _key(key),
                "UpdateExpression": f"SET {assignments} ADD {terms}",
                "ExpressionAttributeValues": values,
            }
        }


def _key(key: CounterKey) -> dict[str, dict[str, str]]:
    return {name: text(value) for name, value in key._asdict().items()}


def _key_of(item: Mapping[str, Any]) -> CounterKey:
    return CounterKey(*(text_of(item, name) for name in CounterKey._fields))


def checkpoint_key(shard: str) -> dict[str, dict[str, str]]:
    return {"batch_id": text(f"{CHECKPOINT}#{shard}"), "processed_at": text(CHECKPOINT)}


def shard_of_checkpoint(item: Mapping[str, Any]) -> str:
    return text_of(item, "batch_id").removeprefix(f"{CHECKPOINT}#")


def _text_or_none(item: Mapping[str, Any], name: str) -> str | None:
    return text_of(item, name) if name in item else None


def _position(item: Mapping[str, Any] | None) -> Position:
    if item is None:
        return Position()
    return Position(
        checkpoint=_text_or_none(item, "sequence_number"),
        committed_at=_text_or_none(item, "committed_at"),
        # Of an item that no claim has touched, nothing says how far attempts reached.
        reached=_text_or_none(item, "reaches") or LAST_SEQUENCE,
    )


def item_of(row: LedgerRow) -> Mapping[str, Any]:
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
        return ClaimLost()
    return Contended(str(cause))
