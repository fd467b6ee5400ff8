"""Live counters, read back from DynamoDB and summed over shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import integer_of, text, text_of
from chalicelib.model import live
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoLiveCounts:
    client: DynamoDBClient
    metrics_table: str

    @classmethod
    def open(cls, metrics_table: str) -> DynamoLiveCounts:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), metrics_table)

    def records_by_type(self, hour: Hour) -> Mapping[str, int]:
        partition, prefix = live.hour_range(hour)
        counts: Counter[str] = Counter()
        with calls.translated():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.metrics_table,
                ConsistentRead=True,
                KeyConditionExpression="partition_key = :p AND begins_with(sort_key, :s)",
                ExpressionAttributeValues={":p": text(partition), ":s": text(prefix)},
                ProjectionExpression="sort_key, n_records",
            )
            for page in pages:
                for item in page["Items"]:
                    event_type = text_of(item, "sort_key").split("#")[1]
                    counts[event_type] += integer_of(item, "n_records")
        del counts[live.QUARANTINED]
        return counts
