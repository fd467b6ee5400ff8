"""The list of API keys, in DynamoDB: one item a key, without its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from chalicelib.access.ports import ListedKey
from chalicelib.aws import calls
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
        return cls(boto3.client("dynamodb", config=calls.CONFIG.merge(CONFIG)), table)

    def listed(self) -> Sequence[ListedKey]:
        with calls.translated():
            pages = self.client.get_paginator("scan").paginate(
                TableName=self.table,
                # Or a key could be admitted for longer after it was retired.
                ConsistentRead=True,
                FilterExpression="attribute_not_exists(retired_at)",
                ProjectionExpression="sha256, #scope",
                ExpressionAttributeNames={"#scope": "scope"},
            )
            items = [item for page in pages for item in page["Items"]]
        return [
            ListedKey(item["sha256"]["S"], Scope(item["scope"]["S"]))
            for item in items
            # A scope that only a later version knows gives this one no rights.
            if item["scope"]["S"] in _SCOPES
        ]
