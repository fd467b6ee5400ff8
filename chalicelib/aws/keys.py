"""The list of API keys, in DynamoDB: one item a key, without its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from chalicelib.access.ports import ListedKey
from chalicelib.aws import calls
from chalicelib.aws.session import session
from chalicelib.model.scope import Scope

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# Requests wait for it, and the keys read last can stand in for a while.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
)
_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class DynamoKeys:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoKeys:
        return cls(session().client("dynamodb", config=calls.CONFIG.merge(CONFIG)), table)

    def listed(self) -> Sequence[ListedKey]:
        with calls.translated():
            items = list(self._items())
        return [
            ListedKey(item["sha256"]["S"], Scope(item["scope"]["S"]))
            for item in items
            # A scope that only a later version knows gives this one no rights.
            if item["scope"]["S"] in _SCOPES
        ]

    def _items(self) -> Iterator[Mapping[str, Any]]:
        # Without a paginator: making one takes a third as long as making the client.
        page = self.client.scan(**self._scan)
        yield from page["Items"]
        while "LastEvaluatedKey" in page:
            page = self.client.scan(**self._scan, ExclusiveStartKey=page["LastEvaluatedKey"])
            yield from page["Items"]

    @property
    def _scan(self) -> dict[str, Any]:
        return {
            "TableName": self.table,
            # Or a key could be admitted for longer after it was retired.
            "ConsistentRead": True,
            "FilterExpression": "attribute_not_exists(retired_at)",
            "ProjectionExpression": "sha256, #scope",
            "ExpressionAttributeNames": {"#scope": "scope"},
        }
