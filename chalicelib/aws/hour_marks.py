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

    Apart from `marked`, `rolled` and `sealed` an item has `tried_ms` and `unfinished_ms`, as in
    `DueHour`, and the same of sealing as `seal_tried_ms` and `unsealed_ms`: they are written by
    the very updates that begin and finish, at no further cost.
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

    def begin_seal(self, hour: Hour, now_ms: int) -> int:
        with calls.translated():
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(hour),
                UpdateExpression="SET seal_tried_ms = :now, expires_at = :e,"
                " unsealed_ms = if_not_exists(unsealed_ms, :now)",
                ExpressionAttributeValues={
                    ":now": number(now_ms),
                    ":e": number(retention.of_mark(hour)),
                },
                ReturnValues="ALL_NEW",
            )
        return _integer(answer["Attributes"], "marked")

    def finish_seal(self, hour: Hour, mark: int) -> None:
        try:
            with calls.translated():
                self.client.update_item(
                    TableName=self.table,
                    Key=_key(hour),
                    UpdateExpression="SET sealed = :n REMOVE unsealed_ms",
                    ConditionExpression="attribute_not_exists(sealed) OR sealed <= :n",
                    ExpressionAttributeValues={":n": number(mark)},
                )
        except StoreUnavailable as error:
            if not calls.is_refused(error):
                raise

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
                FilterExpression="attribute_exists(marked) AND (attribute_not_exists(rolled)"
                " OR rolled < marked OR attribute_not_exists(sealed) OR sealed < rolled)",
                ProjectionExpression="window_start, marked, rolled, tried_ms, unfinished_ms,"
                " seal_tried_ms, unsealed_ms",
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
    hour = Hour.parse(text_of(item, "window_start"))
    has_changed = _integer(item, "rolled") < _integer(item, "marked")
    tried = "tried_ms" if has_changed else "seal_tried_ms"
    since = "unfinished_ms" if has_changed else "unsealed_ms"
    # Hours that were marked by an earlier version, or never tried, lack these.
    unfinished_ms = _integer(item, since) if since in item else None
    return DueHour(hour, _integer(item, tried), unfinished_ms, has_changed)


def _integer(item: Item, name: str) -> int:
    return integer_of(item, name) if name in item else 0


def _key(hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": text(PARTITION), "window_start": text(hour.window_start)}
