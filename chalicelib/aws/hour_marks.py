"""Hour marks in DynamoDB: one item per hour, in the partition `_hour` of the aggregates table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import integer_of, number, text, text_of
from chalicelib.aws.hour_range import items_between
from chalicelib.errors import StoreUnavailable
from chalicelib.model import retention
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PARTITION = "_hour"


@dataclass(frozen=True, slots=True)
class DynamoHourMarks:
    """No transaction ever touches these items, so that marking never causes a conflict."""

    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoHourMarks:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def mark(self, hour: Hour) -> None:
        self.begin(hour)

    def begin(self, hour: Hour) -> int:
        with calls.translated():
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(hour),
                UpdateExpression="SET expires_at = :e ADD marked :one",
                ExpressionAttributeValues={
                    ":e": number(retention.of_mark(hour)),
                    ":one": number(1),
                },
                ReturnValues="UPDATED_NEW",
            )
        return integer_of(answer["Attributes"], "marked")

    def finish(self, hour: Hour, mark: int) -> None:
        try:
            with calls.translated():
                self.client.update_item(
                    TableName=self.table,
                    Key=_key(hour),
                    UpdateExpression="SET rolled = :n",
                    ConditionExpression="marked >= :n"
                    " AND (attribute_not_exists(rolled) OR rolled < :n)",
                    ExpressionAttributeValues={":n": number(mark)},
                )
        except StoreUnavailable as error:
            if not calls.is_refused(error):
                raise

    def due(self, until: Hour) -> Sequence[Hour]:
        with calls.translated():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                ConsistentRead=True,
                KeyConditionExpression="event_type = :p AND window_start <= :until",
                FilterExpression="attribute_not_exists(rolled) OR rolled < marked",
                ProjectionExpression="window_start",
                ExpressionAttributeValues={
                    ":p": text(PARTITION),
                    ":until": text(until.window_start),
                },
            )
            items = [item for page in pages for item in page["Items"]]
        return [Hour.parse(text_of(item, "window_start")) for item in items]

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


def _key(hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": text(PARTITION), "window_start": text(hour.window_start)}
