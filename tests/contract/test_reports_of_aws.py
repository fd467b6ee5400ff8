"""What reads rollups reads those of a stage in AWS as it does those of the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from typer.testing import CliRunner, Result

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.model.figures import Figures
from ops.__main__ import app
from tests.builders import NOON, make_rollup
from tests.contract.template import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

DAY = ("--from", "2026-11-20", "--to", "2026-11-21", "--stage", "dev", "--region", "us-east-1")


@pytest.fixture
def dev(aws: None) -> DynamoDBClient:
    client = boto3.client("dynamodb")
    create_tables(client, "dev")
    return client


def run(command: str) -> Result:
    return CliRunner().invoke(app, [command, *DAY], env={"COLUMNS": "200"})


def test_a_report_shows_what_the_stage_has_rolled_up(dev: DynamoDBClient) -> None:
    aggregates = DynamoAggregates(dev, "eventstream-dev-aggregates")
    known = aggregates.claim(NOON, 1, {"click": Figures(7)})
    aggregates.replace(NOON, 1, known, [make_rollup("click", 7)], ())

    shown = run("report")

    assert shown.exit_code == 0, shown.output
    assert "click" in shown.output


def test_a_backtest_replays_what_the_stage_has_rolled_up(dev: DynamoDBClient) -> None:
    aggregates = DynamoAggregates(dev, "eventstream-dev-aggregates")
    for hour in NOON.plus(-60).until(NOON):
        events = 100 if hour < NOON.plus(-1) else 900
        aggregates.claim(hour, 1, {"click": Figures(events)})

    shown = run("backtest")

    assert shown.exit_code == 0, shown.output
    assert "click volume" in shown.output
    assert "1 alert in" in shown.output
