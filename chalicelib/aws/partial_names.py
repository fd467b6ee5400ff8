"""Which partial of an hour counts: what the hour's row over all types says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import text_of
from chalicelib.aws.hour_range import items_between
from chalicelib.aws.rollup_items import PARTIAL, PARTITION_KEY
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import ALL_TYPES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class DynamoPartialNames:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoPartialNames:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def names(self, first: Hour, end: Hour) -> Mapping[Hour, str]:
        items = items_between(
            self.client,
            self.table,
            (PARTITION_KEY, ALL_TYPES),
            first,
            end,
            FilterExpression=f"attribute_exists({PARTIAL})",
            ProjectionExpression=f"window_start, {PARTIAL}",
        )
        return {
            Hour.parse(text_of(item, "window_start")): text_of(item, PARTIAL) for item in items
        }
