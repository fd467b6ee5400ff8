"""Hour marks in DynamoDB: one item an hour, in the partition `_hour` of the aggregates table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from chalicelib.aws import calls
from chalicelib.aws.hour_range import items_between
from chalicelib.errors import StoreUnavailable
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import kept_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PARTITION = "_hour"
# Longer than the claim, which would bar a count that began anew from ever claiming the hour.
_OUTLIVES_CLAIM_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class DynamoHourMarks:
    """No transaction ever touches these items, so that marking never meets a conflict."""

    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoHourMarks:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def mark(self, hour: Hour) -> None:
        self.begin(hour)

    def begin(self, hour: Hour) -> int:
        expires_at = kept_until(hour) + _OUTLIVES_CLAIM_S
        with calls.translated():
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(hour),
                UpdateExpression="SET expires_at = :e ADD marked :one",
                ExpressionAttributeValues={":e": {"N": str(expires_at)}, ":one": {"N": "1"}},
                ReturnValues="UPDATED_NEW",
            )
        return int(answer["Attributes"]["marked"]["N"])

    def finish(self, hour: Hour, mark: int) -> None:
        try:
            with calls.translated():
                self.client.update_item(
                    TableName=self.table,
                    Key=_key(hour),
                    UpdateExpression="SET rolled = :n",
                    ConditionExpression="marked >= :n"
                    " AND (attribute_not_exists(rolled) OR rolled < :n)",
                    ExpressionAttributeValues={":n": {"N": str(mark)}},
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
                    ":p": {"S": PARTITION},
                    ":until": {"S": until.window_start},
                },
            )
            items = [item for page in pages for item in page["Items"]]
        return [Hour.parse(item["window_start"]["S"]) for item in items]

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
        return {Hour.parse(item["window_start"]["S"]): int(item["rolled"]["N"]) for item in items}


def _key(hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": {"S": PARTITION}, "window_start": {"S": hour.window_start}}
