"""What every FiguresReader must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.claims import CLAIMS
from chalicelib.model.figures import Figures
from tests.builders import NOON
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.rollup.fakes import FakeAggregates

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Kept = DynamoAggregates | FakeAggregates


@pytest.fixture(params=["fake", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        return FakeAggregates()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoAggregates(client, AGGREGATES_TABLE)


def test_the_figures_of_an_hour_are_those_of_its_last_claim(kept: Kept) -> None:
    view = {"view": Figures(5, 1, 4, 0.1 + 0.2), "_all": Figures(5, 1, 4, 0.1 + 0.2)}
    kept.claim(NOON, 1, {"click": Figures(1)})
    kept.claim(NOON, 2, view)

    assert kept.figures(NOON, NOON.plus(1)) == {NOON: view}


def test_only_hours_of_the_range_that_were_rolled_up_are_returned(kept: Kept) -> None:
    for hours in (-1, 0, 2, 3):
        kept.claim(NOON.plus(hours), 1, {"_all": Figures(hours + 1)})

    assert kept.figures(NOON, NOON.plus(3)) == {
        NOON: {"_all": Figures(1)},
        NOON.plus(2): {"_all": Figures(3)},
    }


def test_no_hours_have_no_figures(kept: Kept) -> None:
    kept.claim(NOON, 1, {"_all": Figures(1)})

    assert kept.figures(NOON, NOON) == {}


def test_thousands_of_types_fit_into_an_hour(kept: Kept) -> None:
    figures = {f"type_{n:059}": Figures(n * 7_919, n, n, n / 3) for n in range(4_000)}
    kept.claim(NOON, 1, figures)

    assert kept.figures(NOON, NOON.plus(1)) == {NOON: figures}


def test_an_hour_that_an_earlier_version_claimed_has_none(dynamodb: DynamoDBClient) -> None:
    kept = DynamoAggregates(dynamodb, AGGREGATES_TABLE)
    kept.claim(NOON, 1, {"_all": Figures(1)})
    dynamodb.update_item(
        TableName=AGGREGATES_TABLE,
        Key={"event_type": {"S": CLAIMS}, "window_start": {"S": NOON.window_start}},
        UpdateExpression="REMOVE figures",
    )

    assert kept.figures(NOON, NOON.plus(1)) == {}


def test_figures_are_read_consistently(dynamodb: DynamoDBClient) -> None:
    asked: list[Mapping[str, object]] = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params)
    )

    DynamoAggregates(dynamodb, AGGREGATES_TABLE).figures(NOON, NOON.plus(1))

    assert [params["ConsistentRead"] for params in asked] == [True]
