"""Hour marks in DynamoDB: one item per hour, in the partition `_hour` of the aggregates table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import Item, integer_of, number, text, text_of
from chalicelib.aws.hour_range import items_between
from chalicelib.errors import StoreUnavailable
from chalicelib.model import retention
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import DueHour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PARTITION = "_hour"


@dataclass(frozen=True, slots=True)
class DynamoHourMarks:
    """No transaction ever touches these items, so that marking never causes a conflict.

    Beside `marked` and `rolled` an item has `tried_ms` and `unfinished_ms`, as in `DueHour`: they
    are written by the very updates that begin and finish a rollup, at no further cost.
    """

    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoHourMarks:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def mark(self, hour: Hour) -> None:
        self._count(hour, "", {})

    def begin(self, hour: Hour, now_ms: int) -> int:
        update = ", tried_ms = :now, unfinished_ms = if_not_exists(unfinished_ms, :now)"
        return self._count(hour, update, {":now": number(now_ms)})

    def _count(self, hour: Hour, update: str, values: Mapping[str, Any]) -> int:
        with calls.translated():
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(hour),
                UpdateExpression=f"SET expires_at = :e{update} ADD marked :one",
                ExpressionAttributeValues={
                    ":e": number(retention.of_mark(hour)),
                    ":one": number(1),
                    **values,
                },
                ReturnValues="UPDATED_NEW",
            )
        return integer_of(answer["Attributes"], "marked")

    def finish(self, hour: Hour, mark: int) -> bool:
        try:
            with calls.translated():
                answer = self.client.update_item(
                    TableName=self.table,
                    Key=_key(hour),
                    UpdateExpression="SET rolled = :n REMOVE unfinished_ms",
                    ConditionExpression="marked >= :n"
                    " AND (attribute_not_exists(rolled) OR rolled < :n)",
                    ExpressionAttributeValues={":n": number(mark)},
                    ReturnValues="ALL_NEW",
                )
        except StoreUnavailable as error:
            if not calls.is_refused(error):
                raise
            return False
        return integer_of(answer["Attributes"], "marked") == mark

    def due(self, until: Hour) -> Sequence[DueHour]:
        with calls.translated():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                ConsistentRead=True,
                KeyConditionExpression="event_type = :p AND window_start <= :until",
                FilterExpression="attribute_not_exists(rolled) OR rolled < marked",
                ProjectionExpression="window_start, tried_ms, unfinished_ms",
                ExpressionAttributeValues={
                    ":p": text(PARTITION),
                    ":until": text(until.window_start),
                },
            )
            items = [item for page in pages for item in page["Items"]]
        return [_due_of(item) for item in items]

    def rolled(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        items = items_between(
            self.client,
            self.table,
            ("event_type", PARTITION),
            first,
            end,
            FilterExpression="attribute_exists(rolled)",
            ProjectionExpression="window_start, rolled",
        )
        return {
            Hour.parse(text_of(item, "window_start")): integer_of(item, "rolled") for item in items
        }


def _due_of(item: Item) -> DueHour:
    # Hours that were marked by an earlier version, or never tried, lack these.
    return DueHour(
        Hour.parse(text_of(item, "window_start")),
        integer_of(item, "tried_ms") if "tried_ms" in item else 0,
        integer_of(item, "unfinished_ms") if "unfinished_ms" in item else None,
    )


def _key(hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": text(PARTITION), "window_start": text(hour.window_start)}
