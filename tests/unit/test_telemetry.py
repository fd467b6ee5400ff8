from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.model.measure import NAMESPACE, Measure
from chalicelib.telemetry import Telemetry

# Loggers live as long as the process, and each test wants one of its own.
services = (f"service{number}" for number in itertools.count())


@dataclass
class Happened:
    line: Mapping[str, object] = field(default_factory=lambda: {"event": "batch processed"})
    measures: Mapping[Measure, float] = field(default_factory=dict)


@dataclass
class Context:
    function_name: str
    aws_request_id: str = "lambda-1"


class Observed:
    """A function whose lines can be read."""

    def __init__(self) -> None:
        self.service = next(services)
        self.stream = io.StringIO()
        self.telemetry = Telemetry(self.service, "dev", self.stream)

    def invoke(
        self,
        event: Mapping[str, object],
        happened: Happened | None = None,
        function: str = "-process_events",
    ) -> None:
        report = happened or Happened()
        handler = self.telemetry.observed(lambda _event, _context: self.telemetry.report(report))
        handler(event, Context(f"{self.service}-dev{function}"))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def observed() -> Observed:
    return Observed()


def test_a_line_says_what_happened_and_whose_it_is(observed: Observed) -> None:
    observed.invoke({}, Happened({"event": "batch processed", "records": 3, "codes": {"x": 1}}))

    [line] = observed.lines
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "message": "batch processed",
        "service": observed.service,
        "stage": "dev",
        "function": "process_events",
        "function_request_id": "lambda-1",
        "correlation_id": "lambda-1",
        "cold_start": True,
        "records": 3,
        "codes": {"x": 1},
    }


def test_only_the_first_invocation_is_a_cold_start(observed: Observed) -> None:
    for _ in range(3):
        observed.invoke({})

    assert [line["cold_start"] for line in observed.lines] == [True, False, False]


def test_the_function_of_the_api_is_called_as_in_the_configuration(observed: Observed) -> None:
    observed.invoke({}, function="")

    assert observed.lines[0]["function"] == "api_handler"


@pytest.mark.parametrize(
    ("event", "known_as"),
    [
        ({"requestContext": {"requestId": "gateway-1"}}, "gateway-1"),
        ({"Records": [{"eventID": "shard:1"}, {"eventID": "shard:2"}]}, "shard:1"),
        ({"Records": [{"messageId": "m-1"}]}, "m-1"),
        ({"name": "hourly-20261121T10Z", "results": []}, "hourly-20261121T10Z"),
        ({"window_start": "2026-11-21T10:00:00Z"}, "lambda-1"),
        ({"Records": []}, "lambda-1"),
    ],
)
def test_a_line_can_be_found_by_what_others_call_the_work(
    observed: Observed, event: Mapping[str, object], known_as: str
) -> None:
    observed.invoke(event)

    assert observed.lines[0]["correlation_id"] == known_as


def test_an_invocation_does_not_keep_what_an_earlier_one_said(observed: Observed) -> None:
    observed.invoke({"name": "first"}, Happened({"event": "x", "errors": 1}))
    observed.invoke({})

    assert observed.lines[1]["correlation_id"] == "lambda-1"
    assert "errors" not in observed.lines[1]


def test_metrics_stand_in_the_line_with_their_units_and_dimensions(observed: Observed) -> None:
    measures = {Measure.RECORDS_ARCHIVED: 7, Measure.ATTRIBUTION_LAG: 120}

    observed.invoke({}, Happened(measures=measures))

    [line] = observed.lines
    [embedded] = line["_aws"]["CloudWatchMetrics"]
    assert embedded == {
        "Namespace": NAMESPACE,
        "Dimensions": [["stage", "function"]],
        "Metrics": [
            {"Name": "RecordsArchived", "Unit": "Count"},
            {"Name": "AttributionLag", "Unit": "Milliseconds"},
        ],
    }
    assert (line["RecordsArchived"], line["AttributionLag"]) == ([7], [120])


def test_nothing_is_paid_for_zeros(observed: Observed) -> None:
    observed.invoke({}, Happened(measures={Measure.RECORDS_QUARANTINED: 0}))

    assert "_aws" not in observed.lines[0]


def test_an_error_is_logged_once_with_its_traceback_counted_and_raised(observed: Observed) -> None:
    def broken(_event: object, _context: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        observed.telemetry.observed(broken)({"name": "hourly"}, Context("x"))

    [line] = observed.lines
    assert (line["level"], line["exception_name"]) == ("ERROR", "ZeroDivisionError")
    assert "in broken" in line["exception"]
    assert line["correlation_id"] == "hourly"
    assert line["Failures"] == [1]


def test_a_line_leads_to_its_trace(observed: Observed, traced: str) -> None:
    observed.invoke({})

    assert observed.lines[0]["xray_trace_id"] == traced


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> str:
    """Lambda's own variable, as it is during an invocation that is traced."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    return "1-5759e988-bd862e3fe1be46a994272793"


def test_every_measure_has_a_name_of_its_own_and_a_unit_that_cloudwatch_knows() -> None:
    assert len({measure.value for measure in Measure}) == len(Measure)
    assert {measure.unit for measure in Measure} == {"Count", "Milliseconds", "Seconds"}
