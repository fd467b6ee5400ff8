"""Whether there is any experiment, asked of DynamoDB by every rollup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import text
from chalicelib.aws.experiments import CURRENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoExperimentList:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoExperimentList:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def is_any(self) -> bool:
        with calls.translated():
            page = self.client.query(
                TableName=self.table,
                Limit=1,
                ProjectionExpression="sort_key",
                KeyConditionExpression="partition_key = :partition",
                ExpressionAttributeValues={":partition": text(CURRENT)},
            )
        return bool(page["Items"])
