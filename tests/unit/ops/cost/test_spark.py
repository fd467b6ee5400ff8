"""A streaming job is billed by the hour, by its workers, for as long as it runs."""

from __future__ import annotations

from typing import Any

import pytest

from ops.cloudformation.template import read_template
from ops.cost import deployed, prices
from ops.cost.bill import bill
from ops.cost.spark import DPUS, SparkJobs, jobs_of, lines
from ops.cost.workload import Workload
from ops.kit.project import Project
from ops.stage.stages import AttributedBy, Stage
from tests.unit.ops.cost.builders import make_deployment

TEMPLATE = read_template(Project().infrastructure / "attribution.yaml")


def make_stage(**database: str) -> Stage:
    by = AttributedBy.SPARK
    return Stage("prod", attribution=True, attribution_by=by, database=database)


def dollars(jobs: SparkJobs) -> float:
    priced = bill(Workload(events=0), make_deployment(spark=jobs), prices.read())
    without = bill(Workload(events=0), make_deployment(), prices.read())
    return priced.dollars - without.dollars


@pytest.mark.parametrize(
    ("database", "dpus"),
    [
        ({}, 2),
        ({"StreamWorkerType": "G.025X"}, 0.5),
        ({"StreamWorkerType": "G.2X", "StreamWorkers": "5"}, 10),
    ],
    ids=["as it is", "small", "large"],
)
def test_workers_are_those_of_the_stage(database: dict[str, Any], dpus: float) -> None:
    assert jobs_of(make_stage(**database), Project()).dpus == dpus


def test_every_type_of_worker_of_the_template_has_its_units() -> None:
    assert DPUS.keys() == {*TEMPLATE["Parameters"]["StreamWorkerType"]["AllowedValues"]}


def test_two_small_workers_are_a_quarter_of_two_usual_ones() -> None:
    endpoints = 4 * 730 * 0.01

    assert dollars(SparkJobs(2, "G.1X")) == pytest.approx(2 * 730 * 0.44 + endpoints)
    assert dollars(SparkJobs(2, "G.025X")) == pytest.approx(2 * 730 * 0.44 / 4 + endpoints)


def test_functions_cost_nothing_of_it() -> None:
    assert all(one.amount == 0 for one in lines(deployed.read("prod").spark))
