"""What every Runs must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.aws.runs import DynamoRuns
from chalicelib.model.run import Run
from chalicelib.rollup.ports import Runs
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.rollup.fakes import FakeRuns

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Outcomes = list[tuple[str, str]]


def make_run(
    name: str = "hourly-20261120T12Z",
    started_at: str = "2026-11-20T13:10:00.000Z",
    **errors: Any,
) -> Run:
    return Run(
        name=name,
        started_at=started_at,
        recorded_at="2026-11-20T13:11:00.000Z",
        hours=["2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"],
        superseded_hours=["2026-11-20T11:00:00Z"],
        failed_hours={},
        unsealed_hours={"2026-11-20T12:00:00Z": "States.Timeout"},
        records=12,
        missing=1,
        anomalies=3,
        alerts=2,
        results=4,
        **errors,
    )


@pytest.fixture(params=["fake", "dynamodb"])
def world(request: pytest.FixtureRequest) -> tuple[Runs, Callable[[], Outcomes]]:
    """Runs, and a look at those recorded, oldest first: name and outcome."""
    if request.param == "fake":
        fake = FakeRuns()
        return fake, lambda: [(run.name, run.status) for _, run in sorted(fake.by_key.items())]
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoRuns(client, AGGREGATES_TABLE), lambda: _outcomes(client)


def _outcomes(client: DynamoDBClient) -> Outcomes:
    items = client.query(
        TableName=AGGREGATES_TABLE,
        KeyConditionExpression="event_type = :p",
        ExpressionAttributeValues={":p": {"S": "_run"}},
    )["Items"]
    return [(item["execution"]["S"], item["outcome"]["S"]) for item in items]


def test_runs_are_kept_in_the_order_of_their_start(
    world: tuple[Runs, Callable[[], Outcomes]],
) -> None:
    runs, recorded = world
    runs.record(make_run("manual-b", "2026-11-20T14:00:00.000Z"))
    runs.record(make_run("hourly-a", "2026-11-20T13:10:00.000Z"))

    assert recorded() == [("hourly-a", "succeeded"), ("manual-b", "succeeded")]


def test_recording_a_run_again_replaces_it(world: tuple[Runs, Callable[[], Outcomes]]) -> None:
    runs, recorded = world
    runs.record(make_run(error="StoreUnavailable"))
    runs.record(make_run())

    assert recorded() == [("hourly-20261120T12Z", "succeeded")]


def test_a_run_is_stored_with_all_that_it_came_to(dynamodb: DynamoDBClient) -> None:
    DynamoRuns(dynamodb, AGGREGATES_TABLE).record(
        make_run(
            error="BadRequest",
            judging_error="Throttled",
            publishing_error="Gone",
            computing_error="Late",
        )
    )

    [item] = dynamodb.scan(TableName=AGGREGATES_TABLE)["Items"]
    assert item == {
        "event_type": {"S": "_run"},
        "window_start": {"S": "2026-11-20T13:10:00.000Z#hourly-20261120T12Z"},
        "execution": {"S": "hourly-20261120T12Z"},
        "started_at": {"S": "2026-11-20T13:10:00.000Z"},
        "recorded_at": {"S": "2026-11-20T13:11:00.000Z"},
        "outcome": {"S": "failed"},
        "hours": {"L": [{"S": "2026-11-20T11:00:00Z"}, {"S": "2026-11-20T12:00:00Z"}]},
        "superseded_hours": {"L": [{"S": "2026-11-20T11:00:00Z"}]},
        "failed_hours": {"M": {}},
        "unsealed_hours": {"M": {"2026-11-20T12:00:00Z": {"S": "States.Timeout"}}},
        "failure": {"S": "BadRequest"},
        "judging_failure": {"S": "Throttled"},
        "publishing_failure": {"S": "Gone"},
        "computing_failure": {"S": "Late"},
        "n_records": {"N": "12"},
        "n_missing": {"N": "1"},
        "n_anomalies": {"N": "3"},
        "n_alerts": {"N": "2"},
        "n_results": {"N": "4"},
        "expires_at": {"N": "1829740200"},
    }
