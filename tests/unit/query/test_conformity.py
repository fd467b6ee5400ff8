"""Every answer of the read side conforms to the document."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from chalicelib.model import experiment, instant
from chalicelib.model.anomaly import Metric, Withheld
from chalicelib.model.instant import MINUTE_MS
from chalicelib.model.rollup import ALL_TYPES, AmountSummary, Reconciliation
from chalicelib.model.scope import Scope
from chalicelib.query import routes
from chalicelib.query.asked import Asked
from chalicelib.query.check_freshness import CheckFreshness
from chalicelib.query.describe_api import DescribeApi
from chalicelib.query.found import Found
from chalicelib.query.list_anomalies import ListAnomalies
from chalicelib.query.list_batches import ListBatches
from chalicelib.query.list_event_types import ListEventTypes
from chalicelib.query.list_experiments import ListExperiments
from chalicelib.query.list_runs import ListRuns
from chalicelib.query.read_assignment import ReadAssignment
from chalicelib.query.read_experiment import ReadExperiment
from chalicelib.query.read_experiment_live import ReadExperimentLive
from chalicelib.query.read_experiment_results import ReadExperimentResults
from chalicelib.query.read_live_metrics import ReadLiveMetrics
from chalicelib.query.read_metrics import ReadMetrics
from chalicelib.query.remembered_shards import RememberedShards
from chalicelib.query.route import Route
from chalicelib.query.serve import Serve
from tests.builders import NOON, NOON_MS, make_anomaly, make_experiment, make_latency, make_rollup
from tests.fakes import FakeExperiments
from tests.unit.experiments.observing import REVENUE, conclude, converted, make_results, valued
from tests.unit.experiments.observing import make_experiment as trial
from tests.unit.query.builders import NOW_MS, Given, make_asked
from tests.unit.query.conformity import complaints_about
from tests.unit.query.counting import counted
from tests.unit.query.fakes import (
    FakeAnomalyReader,
    FakeLedgerReader,
    FakeMeter,
    FakeQueues,
    FakeResultsReader,
    FakeRollups,
    FakeRunReader,
    FakeShardLister,
    FakeVariantCounts,
)
from tests.unit.query.test_list_batches import SHARD, make_row
from tests.unit.query.test_list_runs import make_run
from tests.unit.query.test_read_quarantine import World as QuarantineWorld
from tests.unit.rollup.fakes import KeptAnomaly, key_of

type Read = Callable[[Asked], Found]


def rollups() -> FakeRollups:
    stored = FakeRollups()
    stored.store(
        make_rollup(
            name,
            2,
            NOON.plus(-n),
            errors=1,
            latency=latency,
            amounts={"EUR": AmountSummary(1, -5)},
            reconciliation=Reconciliation(expected=expected, found=3, duplicates=1),
        )
        for n in (1, 2)
        for name, latency, expected in (
            (ALL_TYPES, make_latency(), 4),
            ("click", None, None),
        )
    )
    return stored


def anomalies() -> FakeAnomalyReader:
    reader = FakeAnomalyReader()
    for anomaly, withdrawn_ms in (
        (make_anomaly(), None),
        (make_anomaly(metric=Metric.LATENCY, withheld=Withheld.LATE), NOON_MS),
    ):
        reader.anomalies.kept[key_of(anomaly)] = KeptAnomaly(
            anomaly, NOON_MS, withdrawn_ms, "alert-1", NOON_MS
        )
    return reader


def runs() -> FakeRunReader:
    reader = FakeRunReader()
    reader.runs.record(make_run(failed_hours={"2026-11-20T10:00:00Z": "Killed"}, error="Gone"))
    return reader


def ledger() -> FakeLedgerReader:
    reader = FakeLedgerReader()
    reader.ledger.append(make_row())
    return reader


def live(asked: Asked) -> Found:
    event = {
        "event_type": "sign_up",
        "timestamp": instant.to_text(NOON_MS + MINUTE_MS),
        "properties": {"latency_ms": 5, "amount": 2.5, "currency": "EUR"},
    }
    return ReadLiveMetrics(counters=counted([event]))(asked)


def metrics(asked: Asked) -> Found:
    stored = rollups()
    return ReadMetrics(rollups=stored, hours=stored, max_items=1_000)(asked)


def freshness(asked: Asked) -> Found:
    check = CheckFreshness(
        marks=rollups(),
        judged=anomalies(),
        runs=runs(),
        ledger=ledger(),
        checkpoints=ledger(),
        shards=RememberedShards(FakeShardLister((SHARD,))),
        streams=("eventstream-local-events",),
        queues=FakeQueues({"dead": 1}),
        raw_queue="raw",
        dead_letters="dead",
    )
    return check(asked)


def quarantine(asked: Asked) -> Found:
    world = QuarantineWorld()
    world.arrive(b"{")
    return world.verb(asked)


def results() -> FakeResultsReader:
    """With and without an interval, a cap, and an adjustment."""
    few = conclude(converted(9, 3), converted(8, 0)).metrics
    capped = conclude(
        valued([1.0, 2.5] * 200, np.arange(400.0)),
        valued([0.0, 2.0] * 200, np.arange(400.0)),
        trial(primary=REVENUE, pre_period_hours=5),
    ).metrics
    return FakeResultsReader({"button": make_results(metrics=(*few, *capped), notes=("One.",))})


def experiments() -> FakeExperiments:
    metric = experiment.Metric(
        key="revenue", event_type="purchase", property="amount", currency="EUR"
    )
    return FakeExperiments.of(
        make_experiment(namespace="page", secondary=(metric,), assigned={"usr_1": "control"})
    )


def variant_counts() -> FakeVariantCounts:
    counts = FakeVariantCounts()
    counts.add("button", NOON_MS, {"control": ["usr_1"]}, control=(2, 1))
    counts.add("button", NOON_MS, treatment=(1, 0))
    return counts


ID = {"experiment_id": "button"}
QUESTIONS: list[tuple[Route, Read, Given]] = [
    (routes.LIVE_METRICS, live, {}),
    (routes.LIVE_METRICS, live, {"by": "hour", "limit": 1}),
    (routes.METRICS, metrics, {"event_type": "_all,click,clikc"}),
    (routes.METRICS, metrics, {"by": "range"}),
    (routes.EVENT_TYPE_LIST, ListEventTypes(rollups()), {}),
    (routes.ANOMALIES, ListAnomalies(anomalies()), {"state": "all"}),
    (routes.RUNS, ListRuns(runs()), {}),
    (routes.BATCHES, ListBatches(ledger()), {"shard_id": SHARD}),
    (routes.QUARANTINE, quarantine, {}),
    (routes.FRESHNESS, freshness, {}),
    (routes.EXPERIMENTS, ListExperiments(experiments(), results()), {}),
    (routes.EXPERIMENT, ReadExperiment(experiments()), ID),
    (routes.EXPERIMENT_LIVE, ReadExperimentLive(experiments(), variant_counts()), ID),
    (routes.EXPERIMENT_RESULTS, ReadExperimentResults(experiments(), results()), ID),
    (
        routes.EXPERIMENT_RESULTS,
        ReadExperimentResults(experiments(), FakeResultsReader()),
        ID,
    ),
    (routes.ASSIGNMENT, ReadAssignment(experiments()), {**ID, "user_id": "usr_1"}),
    (routes.OPENAPI, DescribeApi(routes.ROUTES, 500), {}),
]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.ADMIN])
@pytest.mark.parametrize(
    ("route", "read", "given"), QUESTIONS, ids=lambda value: getattr(value, "name", "")
)
def test_an_answer_conforms(route: Route, read: Read, given: Given, scope: Scope) -> None:
    content = read(make_asked(route, given, scope=scope)).content

    assert complaints_about(route, 200, content) == []


@pytest.mark.parametrize("route", {route.path: route for route, _, _ in QUESTIONS}.values())
def test_a_refusal_conforms(route: Route) -> None:
    def never(_: Asked) -> Found:
        raise AssertionError

    serve = Serve(route=route, read=never, clock=lambda: NOW_MS, meter=FakeMeter())
    refusal = serve({"multiValueQueryStringParameters": {"colour": ["red"]}})

    assert refusal.status == 400
    assert complaints_about(route, 400, json.loads(refusal.body)) == []
