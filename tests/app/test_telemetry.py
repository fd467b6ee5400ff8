"""What each function logs, and which metrics stand in it."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import pytest

import app as triggers
from chalicelib.anomalies.judgement import Judgement
from chalicelib.anomalies.publish_alerts import Published
from chalicelib.attribution.attribute_batch import _MEASURES as MEASURES_BY_FIGURE
from chalicelib.attribution.control_job import Controlled, Outcome
from chalicelib.attribution.list_checkpoints import Listed
from chalicelib.attribution.report_attribution import Reported
from chalicelib.attribution.watch_job import Watched
from chalicelib.errors import BatchIncomplete
from chalicelib.experiments.computation import Computation
from chalicelib.model import instant
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.job_run import JobRun, RunState
from chalicelib.model.ledger import Position, padded
from chalicelib.model.marks import UNKNOWN
from chalicelib.model.measure import STEADY
from chalicelib.model.run import Run
from chalicelib.postgres.migrate_database import Migrated
from chalicelib.process import Limits, ProcessBatch
from chalicelib.rollup.hour_result import HourResult
from chalicelib.rollup.start_hourly_rollup import Started
from chalicelib.rollup.work import Work
from chalicelib.traffic.generate_traffic import Generated
from chalicelib.transform import Enrichment, TransformRaw
from chalicelib.upkeep.sealing import Sealing
from chalicelib.wiring import Pipeline, using
from ops.stage.names import OWN_STREAMS, STREAMS
from tests.builders import (
    NOON,
    NOON_MS,
    SHARD,
    STREAM,
    make_anomaly,
    make_client_event,
    make_event,
    make_pipeline,
    make_raw_key,
    make_raw_line,
    make_raw_message,
    make_raw_object,
    make_record,
)
from tests.emitted import EMITTED
from tests.fakes import FakeLedger, FakeObjects, FakeStreams, Faults, script_of
from tests.functions import FUNCTIONS

SECRET = "a-name-of-somebody"  # noqa: S105
VERBS = {
    "api_handler": "ingest_batch",
    **{f"process_{stream}": "process_batch" for stream in STREAMS},
}


@dataclass(frozen=True)
class Context:
    function_name: str
    aws_request_id: str = "lambda-1"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


@dataclass(frozen=True)
class Firing:
    event: dict[str, Any]
    pipeline: Pipeline


def post() -> Firing:
    """One event is stored, one is its repeat, one is refused and one can't be stored."""
    stored = make_client_event(event_id="e-1", timestamp=NOON_MS, user_id=SECRET)
    batch = [
        stored,
        stored,
        make_client_event(user_id=None, properties={"page": SECRET}),
        make_client_event(user_id="unstored"),
    ]
    streams = FakeStreams(refuses=lambda record: record.partition_key == "unstored")
    request = {
        "requestContext": {
            "resourcePath": "/events/batch",
            "httpMethod": "POST",
            "requestId": "gateway-1",
        },
        "headers": {"Content-Type": "application/json", "X-Api-Key": SECRET},
        "body": json.dumps(batch),
        "pathParameters": None,
        "stageVariables": None,
        "multiValueQueryStringParameters": {"user": [SECRET]},
    }
    age = NOON_MS // 1000
    return Firing(
        request, make_pipeline(stream_writer=streams, put_budget_s=0.0, max_timestamp_age_s=age)
    )


def stream() -> Firing:
    """One record is below the checkpoint, one is good and one is not; the first commit fails.

    Experiments can't be looked up.
    """
    committed = Position(padded("1"), instant.to_text(NOON_MS), padded("1"))
    process = ProcessBatch(
        archive=FakeObjects(),
        ledger=FakeLedger(
            Faults(script_of(["works", "fails_before"])), {f"{STREAM}-{SHARD}": committed}
        ),
        clock=itertools.count(NOON_MS).__next__,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=20_000,
        enrich=lambda _records: lambda *_: UNKNOWN,
    )
    good, bad = make_event(user_id=SECRET), f'{{"user_id": "{SECRET}"}}'.encode()
    records: list[dict[str, Any]] = [
        make_record(1, good),
        make_record(2, good),
        make_record(3, bad),
    ]
    for record in records:
        record["kinesis"]["partitionKey"] = SECRET
    return Firing({"Records": records}, make_pipeline(process_batch=process))


class Marker:
    def mark(self, hour: object) -> None:
        pass


def queue() -> Firing:
    """One object is transformed, one can't be read, and one is not there."""
    here, torn, gone = map(make_raw_key, ("page_view", "metric", "click"))
    raw = FakeObjects()
    raw.put(str(here), make_raw_object(make_raw_line(user_id=SECRET)), {})
    raw.put(str(torn), make_raw_object(make_raw_line(user_id=SECRET, latency_ms=SECRET)), {})
    transform = TransformRaw(
        raw=raw,
        lake=FakeObjects(),
        marker=Marker(),
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        enrichment=Enrichment(),
    )
    keys = enumerate((here, torn, gone), 1)
    messages = [make_raw_message(key, message_id=f"m-{number}") for number, key in keys]
    return Firing({"Records": messages}, make_pipeline(transform_raw=transform))


def rollup(verb: str, report: object, event: dict[str, Any]) -> Callable[[], Firing]:
    return lambda: Firing(event, make_pipeline(**{verb: lambda *_: report}))


RUN = Run(
    name="hourly-1",
    started_at="2026-11-20T13:10:00Z",
    recorded_at="2026-11-20T13:11:00Z",
    hours=[NOON.window_start],
    superseded_hours=[],
    failed_hours={NOON.window_start: "StoreUnavailable"},
    unsealed_hours={NOON.window_start: "StoreUnavailable"},
    records=1,
    missing=1,
    judging_error="StoreUnavailable",
)
SCHEDULED = {
    **dict.fromkeys(("id", "detail-type", "source", "account", "region"), "x"),
    "time": "2026-11-20T13:10:00Z",
    "resources": [],
    "detail": {},
    "version": "0",
}
ATTRIBUTION_MEASURES = MEASURES_BY_FIGURE.values()
ATTRIBUTED = BatchReport(
    name="batch attributed", figures={}, measures=dict.fromkeys(ATTRIBUTION_MEASURES, 1)
)
STARTED = Controlled("attribute-streams", Outcome.STARTED, "jr_1")
RUNNING = JobRun(run_id="jr_1", state=RunState.RUNNING, started_ms=NOON_MS, execution_s=60)
WATCHED = Watched(newest=RUNNING, is_running=True, is_overdue=True, failed=1)
FIRINGS: dict[str, Callable[[], Firing]] = {
    "api_handler": post,
    **{f"process_{name}": stream for name in STREAMS},
    **{
        f"attribute_{name}": rollup(
            f"attribute_{name}", ATTRIBUTED, {"Records": [make_record(1, make_event())]}
        )
        for name in OWN_STREAMS
    },
    "report_attribution": rollup(
        "report_attribution", Reported({"rows": []}, {"event": "attribution reported"}), {}
    ),
    "list_checkpoints": rollup("list_checkpoints", Listed([]), {}),
    "control_attribution_job": rollup("control_attribution_job", STARTED, {"do": "start"}),
    "watch_attribution_job": rollup("watch_attribution_job", WATCHED, SCHEDULED),
    "start_attribution_job": rollup("start_attribution_job", STARTED, SCHEDULED),
    "stop_attribution_job": rollup("stop_attribution_job", STARTED, SCHEDULED),
    "migrate_database": rollup("migrate_database", Migrated(["0001"], []), {}),
    "generate_traffic": rollup("generate_traffic", Generated(1, 1), SCHEDULED),
    "transform_raw": queue,
    "start_hourly_rollup": rollup("start_hourly_rollup", Started("hourly-1"), SCHEDULED),
    "determine_hours": rollup("determine_hours", Work([NOON], n_left=1), {}),
    "roll_up_hour": rollup(
        "roll_up_hour",
        HourResult(hour=NOON, status="rolled", missing=1, types=1, is_confirmed=True),
        {"window_start": "x"},
    ),
    "seal_hour": rollup(
        "seal_hour", Sealing(hour=NOON, status="sealed", files=2), {"window_start": "x"}
    ),
    "judge_hours": rollup(
        "judge_hours",
        Judgement(hours=[NOON], superseded=0, left=0, found=[make_anomaly()], pending_alerts=1),
        {},
    ),
    "publish_alerts": rollup("publish_alerts", Published(["a-1"], 1), {"name": "hourly-1"}),
    "compute_results": rollup(
        "compute_results",
        Computation(computed=["exp-a"], failed={"exp-b": "StoreUnavailable"}),
        {},
    ),
    "record_run": rollup("record_run", RUN, {"name": "hourly-1"}),
}
KNOWN_AS = {
    "api_handler": "gateway-1",
    **{f"process_{name}": "shardId-000000000000:1" for name in STREAMS},
    **{f"attribute_{name}": "shardId-000000000000:1" for name in OWN_STREAMS},
    "transform_raw": "m-1",
    "publish_alerts": "hourly-1",
    "record_run": "hourly-1",
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    [handler] = logging.getLogger("eventstream").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def lines(log: io.StringIO, level: str = "INFO") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in found if line["level"] == level]


def fire(name: str, firing: Firing) -> Any:
    handler = triggers.app if name == "api_handler" else getattr(triggers, name)
    physical = "eventstream-local" if name == "api_handler" else f"eventstream-local-{name}"
    with using(firing.pipeline):
        return handler(firing.event, Context(physical))


@pytest.mark.parametrize("name", ["api_handler", *FUNCTIONS])
def test_an_invocation_logs_one_line_that_says_whose_it_is(name: str, log: io.StringIO) -> None:
    with contextlib.suppress(BatchIncomplete):
        fire(name, FIRINGS[name]())

    [line] = lines(log) + lines(log, "ERROR")
    assert line["message"]
    assert (
        line.items()
        >= {
            "service": "eventstream",
            "stage": "local",
            "function": name,
            "function_request_id": "lambda-1",
            "correlation_id": KNOWN_AS.get(name, "lambda-1"),
        }.items()
    )
    assert isinstance(line["cold_start"], bool)


@pytest.mark.parametrize("name", ["api_handler", *FUNCTIONS])
def test_a_function_emits_its_metrics_and_no_others(name: str, log: io.StringIO) -> None:
    with contextlib.suppress(BatchIncomplete):
        fire(name, FIRINGS[name]())
    with contextlib.suppress(ZeroDivisionError):
        fire(name, broken(name))

    found = lines(log) + lines(log, "ERROR")
    embedded = [line["_aws"]["CloudWatchMetrics"][0] for line in found if "_aws" in line]
    assert {m["Name"] for one in embedded for m in one["Metrics"]} == EMITTED[name]
    assert {line["function"] for line in found} == {name}


@pytest.mark.parametrize("name", STEADY)
def test_metrics_that_have_values_all_the_time_are_among_those_of_the_function(name: str) -> None:
    assert STEADY[name] <= EMITTED[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_error_is_logged_once_with_its_traceback_and_raised(
    name: str, log: io.StringIO
) -> None:
    with pytest.raises(ZeroDivisionError):
        fire(name, broken(name))

    [line] = lines(log, "ERROR")
    assert lines(log) == []
    assert line["exception_name"] == "ZeroDivisionError"
    assert "in breaks" in line["exception"]
    assert line["correlation_id"] == KNOWN_AS.get(name, "lambda-1")


def test_an_error_of_the_api_is_logged_once_and_answered(log: io.StringIO) -> None:
    answer = fire("api_handler", broken("api_handler"))

    [line] = lines(log, "ERROR")
    assert lines(log) == []
    assert answer["statusCode"] == 500
    assert line["exception_name"] == "ZeroDivisionError"
    assert line["correlation_id"] == "gateway-1"


@pytest.mark.parametrize("name", ["api_handler", "process_events", "transform_raw"])
def test_nothing_that_a_client_sent_is_logged(name: str, log: io.StringIO) -> None:
    with contextlib.suppress(BatchIncomplete):
        fire(name, FIRINGS[name]())
    with contextlib.suppress(ZeroDivisionError):
        fire(name, broken(name))

    assert lines(log, "ERROR")
    assert SECRET not in log.getvalue()


@pytest.mark.parametrize("is_partial", [True, False], ids=["partial", "raised"])
def test_a_batch_that_fails_is_one_error_with_its_reasons_and_a_metric(
    is_partial: bool, log: io.StringIO
) -> None:
    telemetry = triggers.telemetry
    report = BatchReport(name="batch processed", figures={}, failed_ids=["49"], reasons=["why"])

    @telemetry.observed
    def handler(_event: object, _context: object) -> object:
        telemetry.report(report)
        return report.to_lambda(partial=is_partial)

    with contextlib.suppress(BatchIncomplete):
        handler({}, Context("eventstream-local-process_events"))

    [line] = lines(log, "ERROR")
    assert lines(log) == []
    assert (line["failed_ids"], line["reasons"]) == (["49"], ["why"])
    assert line["Failures"] == [1.0]


def broken(name: str) -> Firing:
    def breaks(*_: object) -> NoReturn:
        raise ZeroDivisionError

    verb = VERBS.get(name, name)
    return replace(FIRINGS[name](), pipeline=make_pipeline(**{verb: breaks}))
