"""Hourly rollups in DynamoDB: an item for each type and hour, and a claim for each hour.

A claim also holds `event_types`, every type that may have a row, and `figures`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls, hour_figures
from chalicelib.aws.attribute import text_of
from chalicelib.aws.claims import CLAIMS, Claims
from chalicelib.aws.hour_range import items_between
from chalicelib.aws.rollup_items import PARTITION_KEY, item_of, key_of
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True, slots=True)
class DynamoAggregates:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoAggregates:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def claim(self, hour: Hour, mark: int, figures: Mapping[str, Figures]) -> frozenset[str]:
        claim = self._claims.claim(
            hour,
            mark,
            ", figures = :f ADD event_types :types",
            {":f": {"B": hour_figures.encoded(figures)}, ":types": {"SS": sorted(figures)}},
        )
        return frozenset(claim["event_types"]["SS"])

    def replace(
        self, hour: Hour, mark: int, rows: Sequence[HourlyRollup], gone: Collection[str]
    ) -> None:
        changes: list[TransactWriteItemTypeDef] = [self._claims.check(hour, mark)]
        changes += [{"Put": {"TableName": self.table, "Item": item_of(row)}} for row in rows]
        changes += [
            {"Delete": {"TableName": self.table, "Key": key_of(event_type, hour)}}
            for event_type in gone
        ]
        with calls.fenced():
            self.client.transact_write_items(TransactItems=changes)

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        items = items_between(
            self.client,
            self.table,
            (PARTITION_KEY, CLAIMS),
            first,
            end,
            # An earlier version claimed hours without.
            FilterExpression="attribute_exists(figures)",
            ProjectionExpression="window_start, figures",
        )
        return {
            Hour.parse(text_of(item, "window_start")): hour_figures.decoded(item["figures"]["B"])
            for item in items
        }

    @property
    def _claims(self) -> Claims:
        return Claims(self.client, self.table, PARTITION_KEY)
