"""Queries that skip botocore's parser return what the others do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.quick_items import quick
from chalicelib.aws.rollup_items import item_of
from chalicelib.aws.runs import item_of as item_of_run
from chalicelib.model.rollup import AmountSummary
from tests.builders import NOON, make_latency, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE
from tests.contract.test_runs import make_run

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

ROLLUP = item_of(make_rollup(latency=make_latency(), amounts={"EUR": AmountSummary(1, -5)}))
CLAIM: dict[str, Any] = {
    "event_type": {"S": "_claim"},
    "window_start": {"S": NOON.window_start},
    "claimed": {"N": "1"},
    "figures": {"B": bytes(range(256))},
    "event_types": {"SS": ["_all", "click"]},
}
RUN = item_of_run(replace(make_run(), failed_hours={"2026-11-20T11:00:00Z": "Killed"}))


def query(client: DynamoDBClient, partition: str, **more: Any) -> dict[str, Any]:
    answer = client.query(
        TableName=AGGREGATES_TABLE,
        KeyConditionExpression="event_type = :p",
        ExpressionAttributeValues={":p": {"S": partition}},
        ReturnConsumedCapacity="TOTAL",
        **more,
    )
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize("item", [ROLLUP, CLAIM, RUN], ids=["rollup", "claim", "run"])
def test_an_item_is_the_same_either_way(dynamodb: DynamoDBClient, item: Any) -> None:
    dynamodb.put_item(TableName=AGGREGATES_TABLE, Item=item)
    partition = item["event_type"]["S"]

    answer = query(quick(boto3.client("dynamodb")), partition)

    assert answer["Items"] == [item]
    assert answer == query(dynamodb, partition)


def test_a_client_can_be_made_quick_twice(dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName=AGGREGATES_TABLE, Item=ROLLUP)

    answer = query(quick(quick(dynamodb)), "click")

    assert answer["Items"] == [ROLLUP]


def test_pages_and_emptiness_are_the_same_either_way(dynamodb: DynamoDBClient) -> None:
    for n in range(3):
        item = item_of(make_rollup(hour=NOON.plus(n)))
        dynamodb.put_item(TableName=AGGREGATES_TABLE, Item=item)
    client = quick(boto3.client("dynamodb"))

    assert query(client, "click", Limit=2) == query(dynamodb, "click", Limit=2)
    assert query(client, "none") == query(dynamodb, "none")


def test_an_error_is_an_error(dynamodb: DynamoDBClient) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        query(quick(boto3.client("dynamodb")), "click", FilterExpression="not an expression")
