"""The table of keys, in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.model import instant
from chalicelib.model.scope import Scope
from ops.keys.key import ListedKey
from ops.keys.ports import NameTaken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REFUSED = "ConditionalCheckFailedException"
# As long as hourly rollups, so that it can be said later which key was in use.
RETIRED_KEPT_S = 400 * 86_400


@dataclass(frozen=True, slots=True)
class DynamoKeyTable:
    client: DynamoDBClient
    table: str

    def all(self) -> Sequence[ListedKey]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table, ConsistentRead=True
        )
        keys = (_key_of(item) for page in pages for item in page["Items"])
        return sorted(keys, key=lambda key: key.name)

    def find(self, name: str) -> ListedKey | None:
        answer = self.client.get_item(TableName=self.table, Key=_id(name), ConsistentRead=True)
        return _key_of(answer["Item"]) if "Item" in answer else None

    def add(self, key: ListedKey) -> None:
        try:
            self.client.put_item(
                TableName=self.table,
                Item=_item_of(key),
                ConditionExpression="attribute_not_exists(key_name)",
            )
        except ClientError as error:
            if error.response["Error"].get("Code") != REFUSED:
                raise
            listed = self.find(key.name)
            if listed is None or listed.digest != key.digest:
                raise NameTaken(key.name) from error

    def replace(self, key: ListedKey) -> None:
        self.client.put_item(TableName=self.table, Item=_item_of(key))

    def retire(self, name: str, at_ms: int) -> None:
        try:
            self.client.update_item(
                TableName=self.table,
                Key=_id(name),
                UpdateExpression="SET retired_at = :at, expires_at = :end",
                ConditionExpression="attribute_exists(key_name)"
                " AND attribute_not_exists(retired_at)",
                ExpressionAttributeValues={
                    ":at": {"S": instant.to_text(at_ms)},
                    ":end": {"N": str(at_ms // 1000 + RETIRED_KEPT_S)},
                },
            )
        except ClientError as error:
            if error.response["Error"].get("Code") != REFUSED:
                raise

    def forget(self, name: str) -> None:
        self.client.delete_item(TableName=self.table, Key=_id(name))


def _id(name: str) -> dict[str, dict[str, str]]:
    return {"key_name": {"S": name}}


def _item_of(key: ListedKey) -> dict[str, Any]:
    texts = {
        "scope": key.scope.value,
        "sha256": key.digest,
        "gateway_id": key.gateway_id,
        "created_at": key.created_at,
    }
    return _id(key.name) | {name: {"S": text} for name, text in texts.items()}


def _key_of(item: Mapping[str, Any]) -> ListedKey:
    return ListedKey(
        name=item["key_name"]["S"],
        scope=Scope(item["scope"]["S"]),
        digest=item["sha256"]["S"],
        gateway_id=item["gateway_id"]["S"],
        created_at=item["created_at"]["S"],
        retired_at=item["retired_at"]["S"] if "retired_at" in item else None,
    )
