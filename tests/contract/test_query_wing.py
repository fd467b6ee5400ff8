"""The whole read side on moto: every route answers, as the document says, from what AWS holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.anomalies import DynamoAnomalies
from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.objects import S3Objects
from chalicelib.aws.runs import DynamoRuns
from chalicelib.model import instant
from chalicelib.model.about_users import place_of
from chalicelib.model.hour import Hour
from chalicelib.model.marks import Counted, Marks
from chalicelib.model.rollup import ALL_TYPES
from chalicelib.model.scope import Scope
from chalicelib.query.reply import Reply
from chalicelib.query.route import Route
from chalicelib.query.routes import ROUTES
from chalicelib.settings.query import QuerySettings
from chalicelib.wiring.query import QueryWing
from chalicelib.wiring.world import now_ms
from ops.stage.names import Names
from tests.builders import make_anomaly, make_event, make_experiment, make_record, make_rollup
from tests.contract.conftest import (
    AGGREGATES_TABLE,
    ANOMALIES_TABLE,
    BATCHES_TABLE,
    EXPERIMENTS_TABLE,
    METRICS_TABLE,
)
from tests.contract.test_quarantine_reader import make_process
from tests.contract.test_runs import make_run
from tests.unit.experiments.observing import make_results
from tests.unit.query.conformity import complaints_about

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

SETTINGS = QuerySettings.from_env()
SHARD = f"{SETTINGS.events_stream}-shardId-000000000000"
# Attribution needs a database, and a function in its network.
APART = {"health", "attribution"}
READ = [route for route in ROUTES if route.method == "GET" and route.name not in APART]
NAMES = {"experiment_id": "button", "user_id": "usr_1"}
# A few definitions are read whole, by calls that are not counted.
UNCOUNTED = {"openapi", "experiment", "assignment"}
GIVEN: Mapping[str, Mapping[str, list[str]]] = {"batches": {"shard_id": [SHARD]}}


@pytest.fixture
def wing(dynamodb: DynamoDBClient) -> QueryWing:
    """A stage that holds something of everything, of the hour that has just ended."""
    s3, sqs, kinesis = boto3.client("s3"), boto3.client("sqs"), boto3.client("kinesis")
    s3.create_bucket(Bucket=SETTINGS.raw_bucket)
    for queue in (SETTINGS.raw_queue, f"{SETTINGS.raw_queue}-dlq"):
        sqs.create_queue(QueueName=queue)
    for stream in (SETTINGS.events_stream, SETTINGS.clicks_stream, SETTINGS.checkouts_stream):
        kinesis.create_stream(StreamName=stream, ShardCount=1)
    fill(dynamodb, S3Objects(s3, SETTINGS.raw_bucket), now_ms())
    return QueryWing(SETTINGS)


def fill(dynamodb: DynamoDBClient, archive: S3Objects, at_ms: int) -> None:
    hour = Hour.of(at_ms).plus(-1)
    marks = DynamoHourMarks(dynamodb, AGGREGATES_TABLE)
    aggregates = DynamoAggregates(dynamodb, AGGREGATES_TABLE)
    anomalies = DynamoAnomalies(dynamodb, ANOMALIES_TABLE)
    rows = [make_rollup(name, hour=hour) for name in (ALL_TYPES, "page_view")]
    mark = marks.begin(hour, at_ms)
    known = aggregates.claim(hour, mark, {row.event_type: row.figures for row in rows})
    aggregates.replace(hour, mark, known, rows, ())
    marks.finish(hour, mark)
    anomalies.claim(hour, mark)
    anomalies.replace(hour, mark, [make_anomaly(hour=hour)], [], at_ms)
    anomalies.finish(hour, mark)
    DynamoRuns(dynamodb, AGGREGATES_TABLE).record(
        make_run(started_at=instant.to_text(at_ms - 60_000))
    )
    DynamoExperiments(dynamodb, EXPERIMENTS_TABLE).save(make_experiment(), None)
    DynamoExperimentResults(dynamodb, EXPERIMENTS_TABLE).keep(
        make_results(experiment_id="button"), "basis"
    )
    process = make_process(archive, DynamoBatchLedger(dynamodb, BATCHES_TABLE, METRICS_TABLE))
    counted = Counted("button", "control", is_conversion=True)
    marked = Marks({"button": "control"}, (counted,)), place_of("usr_1")
    process = replace(process, enrich=lambda _records: lambda *_event: marked)
    event = make_event(timestamp=instant.to_text(at_ms), ingested_at=instant.to_text(at_ms))
    records = [make_record(1, event, arrived_ms=at_ms), make_record(2, b"{", arrived_ms=at_ms)]
    process(records, lambda: 100_000)


def ask(wing: QueryWing, route: Route) -> Reply:
    request = {
        "multiValueQueryStringParameters": GIVEN.get(route.name),
        "pathParameters": {name: NAMES[name] for name in NAMES if f"{{{name}}}" in route.path},
        "requestContext": {"scope": Scope.ADMIN},
    }
    reply: Reply = getattr(wing, route.name)(request)
    return reply


def test_every_route_answers_as_the_document_says(wing: QueryWing) -> None:
    for route in READ:
        reply = ask(wing, route)

        assert reply.status == 200, (route.name, reply.body)
        assert complaints_about(route, 200, json.loads(reply.body)) == [], route.name


def test_every_route_finds_what_there_is(wing: QueryWing) -> None:
    found: dict[str, Any] = {route.name: json.loads(ask(wing, route).body) for route in READ}

    assert [row["event_type"] for row in found["metrics"]["rows"]] == ["_all", "page_view"]
    assert [row["event_type"] for row in found["live_metrics"]["rows"]] == ["_all", "page_view"]
    assert [row["event_type"] for row in found["event_types"]["event_types"]] == ["page_view"]
    assert [row["metric"] for row in found["anomalies"]["anomalies"]] == ["volume"]
    assert [row["records"] for row in found["runs"]["runs"]] == [12]
    assert [row["records"] for row in found["quarantine"]["counts"]] == [1]
    assert [row["payload"] for row in found["quarantine"]["samples"]] == ["ew=="]
    assert found["freshness"]["status"] == "attention"
    assert [need["code"] for need in found["freshness"]["needs"]] == ["records_missing"]
    assert len(found["freshness"]["shards"]) == 3
    assert [one["name"] for one in found["experiments"]["experiments"]] == ["Green button"]
    assert found["experiments"]["verdicts"]["button"]["verdict"] == "winning"
    assert found["experiment_results"]["conclusion"]["variant"] == "green"
    assert len(found["experiment_results"]["looks"]) == 1
    assert found["experiment_live"]["total"][0] == {
        "variant": "control",
        "events": 1,
        "conversions": 1,
        "users_estimate": 1,
    }


def test_what_a_request_reads_is_logged(wing: QueryWing) -> None:
    lines = {route.name: ask(wing, route).line for route in READ}

    # An hour's claim and mark, and two rollups.
    assert lines["metrics"]["items_read"] == 4
    assert lines["event_types"]["items_read"] == 1
    assert lines["anomalies"]["items_read"] == 1
    assert lines["runs"]["items_read"] == 1
    assert lines["openapi"]["items_read"] == 0
    assert all(line["read_units"] for name, line in lines.items() if name not in UNCOUNTED)


def test_a_store_that_is_not_there_is_503(aws: None) -> None:
    reply = ask(QueryWing(SETTINGS), READ[0])

    assert reply.status == 503


def test_dead_letters_have_the_name_that_the_deployment_gives_them() -> None:
    names = Names(stage="local", account="000000000000", region="us-east-1")

    assert f"{names.raw_queue}-dlq" == names.raw_dead_letters
