"""Items of a range of hours, in tables whose sort key begins with the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.aws import calls
from chalicelib.aws.attribute import text
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# Sorts after anything that follows the hour in a key.
_LAST = "\uffff"


def items_between(
    client: DynamoDBClient, table: str, key: tuple[str, str], first: Hour, end: Hour, **more: Any
) -> list[dict[str, Any]]:
    """Return the items from `first` to before `end`, oldest first, by a consistent read.

    `key` is the partition key's name and value; `more` is passed to the query unchanged.

    Raises:
        StoreUnavailable
    """
    if end <= first:
        return []
    name, value = key
    bounds = {
        ":partition": text(value),
        ":first": text(first.window_start),
        ":last": text(end.plus(-1).window_start + _LAST),
    }
    with calls.translated():
        pages = client.get_paginator("query").paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression=f"{name} = :partition"
            " AND window_start BETWEEN :first AND :last",
            ExpressionAttributeValues=bounds,
            **more,
        )
        return [item for page in pages for item in page["Items"]]
