"""Hourly rollups in DynamoDB: an item for each type and hour, and a claim and a summary an hour.

A claim also holds `event_types`, every type that may have a row, and `figures`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls, hour_figures, hour_summaries
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
            ", figures = :f, event_types = if_not_exists(event_types, :types)",
            {":f": {"B": hour_figures.encoded(figures)}, ":types": _set_of(figures)},
        )
        return frozenset(claim["event_types"]["SS"])

    def replace(
        self,
        hour: Hour,
        mark: int,
        known: frozenset[str],
        rows: Sequence[HourlyRollup],
        gone: Collection[str],
    ) -> frozenset[str]:
        types = known.difference(gone).union(row.event_type for row in rows)
        changes = [self._fence(hour, mark, known, types)]
        changes += [{"Put": {"TableName": self.table, "Item": item_of(row)}} for row in rows]
        changes += [
            {"Delete": {"TableName": self.table, "Key": key_of(event_type, hour)}}
            for event_type in gone
        ]
        with calls.fenced():
            self.client.transact_write_items(TransactItems=changes)
        return types

    def summarize(self, hour: Hour, mark: int, rows: Sequence[HourlyRollup]) -> None:
        item = hour_summaries.item_of(hour, mark, rows)
        if item is None:
            return
        fence = self._claims.check(hour, mark)
        put: TransactWriteItemTypeDef = {"Put": {"TableName": self.table, "Item": item}}
        with calls.fenced():
            self.client.transact_write_items(TransactItems=[fence, put])

    def _fence(
        self, hour: Hour, mark: int, known: frozenset[str], types: frozenset[str]
    ) -> TransactWriteItemTypeDef:
        """Keep the claim's types those that may have a row, within the transaction."""
        if types == known:
            return self._claims.check(hour, mark)
        values = {":types": _set_of(types)}
        return self._claims.change(hour, mark, "SET event_types = :types", values)

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


def _set_of(types: Iterable[str]) -> dict[str, list[str]]:
    return {"SS": sorted(types)}
