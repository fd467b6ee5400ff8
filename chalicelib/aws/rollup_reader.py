"""Hourly rollups of a range, read from DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.claims import CLAIMS
from chalicelib.aws.hour_range import items_between
from chalicelib.aws.rollup_items import PARTITION_KEY, rollup_of
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoRollupReader:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoRollupReader:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        key = PARTITION_KEY, event_type
        return [
            rollup_of(item) for item in items_between(self.client, self.table, key, first, end)
        ]

    def event_types(self, first: Hour, end: Hour) -> frozenset[str]:
        claims = items_between(
            self.client,
            self.table,
            (PARTITION_KEY, CLAIMS),
            first,
            end,
            ProjectionExpression="event_types",
        )
        # A rollup claims the row over all types, too.
        return frozenset[str]().union(*(claim["event_types"]["SS"] for claim in claims)) - {
            ALL_TYPES
        }
