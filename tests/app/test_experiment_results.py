"""From lake files to stored results through the triggers, over AWS in process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import boto3
import pytest

import app as triggers
from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.model.experiment import Experiment, Status
from chalicelib.model.experiment_results import Results
from chalicelib.model.hour import Hour
from chalicelib.wiring import using
from tests.app.snapshot.cloud import cloud
from tests.builders import NOON, make_pipeline
from tests.contract.conftest import EXPERIMENTS_TABLE
from tests.unit.experiments.expected import expected_of, figures
from tests.unit.experiments.worlds import hour_of, make_experiment, some_event
from tests.unit.rollup.builders import Row, make_file, make_key

N_EVENTS = 600


@dataclass(frozen=True)
class Context:
    function_name: str = "eventstream-local-any"
    aws_request_id: str = "lambda-1"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


class World:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self.bucket = variables["LAKE_BUCKET"]
        self.s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        self.definitions = DynamoExperiments(dynamodb, EXPERIMENTS_TABLE)
        self.results = DynamoExperimentResults(dynamodb, EXPERIMENTS_TABLE)
        self.rows: list[Row] = []

    def write(self, rows: list[Row], name: str) -> None:
        self.rows += rows
        by_hour: dict[Hour, list[Row]] = defaultdict(list)
        for row in rows:
            by_hour[hour_of(row)].append(row)
        for hour, some in by_hour.items():
            key = make_key(f"any-eventstream-events-{name}", hour)
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=make_file(some))

    def roll_up(self, hours: list[Hour]) -> None:
        for hour in hours:
            triggers.roll_up_hour({"window_start": hour.window_start}, Context())

    def partials(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="experiments/")
        return [item["Key"] for item in found.get("Contents", [])]

    def stored(self) -> Results:
        found = self.results.newest("exp-a")
        assert found is not None
        return found


@pytest.fixture
def world() -> Iterator[World]:
    with cloud() as variables:
        settings: dict[str, Any] = {
            name.lower(): value for name, value in variables.items() if name.endswith("_BUCKET")
        }
        with using(make_pipeline(**settings, rollup_settle_s=0.0)):
            yield World(variables)


@pytest.fixture
def experiment() -> Experiment:
    return make_experiment(
        started=NOON.plus(2), stopped=NOON.plus(5), status=Status.STOPPED, pre_period_hours=2
    )


HOURS = NOON.until(NOON.plus(6))


def test_stored_results_are_those_of_the_raw_events(world: World, experiment: Experiment) -> None:
    chance = Random("stored")
    world.definitions.save(experiment, None)
    world.write([some_event(chance, n, n_users=90) for n in range(N_EVENTS)], "1")
    world.roll_up(HOURS)
    computed = triggers.compute_results({}, Context())
    before = world.stored()

    assert computed == {"status": "computed", "results": 1}
    assert figures(before.to_json()) == pytest.approx(
        figures(expected_of(experiment, world.rows).to_json())
    )
    assert before.users > 0
    assert before.exclusions.crossovers > 0

    late = [some_event(chance, N_EVENTS + n, n_users=90) for n in range(60)]
    world.write([*late, *world.rows[:5]], "2")
    changed = replace(experiment, version=2, horizon_hours=0)
    world.definitions.save(changed, 1)
    world.roll_up(HOURS)
    triggers.compute_results({}, Context())

    assert figures(world.stored().to_json()) == pytest.approx(
        figures(expected_of(changed, world.rows).to_json())
    )
    assert len(world.partials()) == len(HOURS)
    assert triggers.compute_results({}, Context())["results"] == 0


def test_without_an_experiment_nothing_is_kept_for_any(world: World) -> None:
    world.write([some_event(Random("none"), n) for n in range(10)], "1")
    world.roll_up(HOURS)

    assert triggers.compute_results({}, Context()) == {"status": "computed", "results": 0}
    assert world.partials() == []
