"""The tables that contract tests run on are those that are deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.conftest import AGGREGATES_TABLE, BATCHES_TABLE, METRICS_TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract


def test_the_template_declares_the_tables_that_the_stages_name(dynamodb: DynamoDBClient) -> None:
    names = dynamodb.list_tables()["TableNames"]

    assert {METRICS_TABLE, BATCHES_TABLE, AGGREGATES_TABLE} <= set(names)


def test_every_table_forgets_by_the_same_attribute(dynamodb: DynamoDBClient) -> None:
    for name in dynamodb.list_tables()["TableNames"]:
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

        assert ttl["AttributeName"] == "expires_at"
