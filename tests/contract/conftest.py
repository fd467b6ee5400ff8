"""AWS in process: moto's services, with the tables that the deployment template declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from moto.moto_api import state_manager

from tests.contract.template import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

METRICS_TABLE = "eventstream-local-metrics"
BATCHES_TABLE = "eventstream-local-batches"
AGGREGATES_TABLE = "eventstream-local-aggregates"
ANOMALIES_TABLE = "eventstream-local-anomalies"
KEYS_TABLE = "eventstream-local-keys"
EXPERIMENTS_TABLE = "eventstream-local-experiments"


@pytest.fixture
def aws() -> Iterator[None]:
    """Answer every AWS call in this process."""
    with mock_aws():
        yield


@pytest.fixture
def endless_runs() -> Iterator[None]:
    """Let runs of Glue jobs go on until they are stopped, as those of streaming jobs do."""
    state_manager.set_transition("glue::job_run", {"progression": "manual", "times": 1_000})
    yield
    state_manager.unset_transition("glue::job_run")


@pytest.fixture
def dynamodb(aws: None) -> DynamoDBClient:
    """Return a client of a DynamoDB that has the template's tables, all empty."""
    client = boto3.client("dynamodb")
    create_tables(client)
    return client
