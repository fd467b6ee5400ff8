"""A job's lines are those of a function, so that the same alarms and queries find them."""

from __future__ import annotations

import io
import json

import pytest

from chalicelib.model.batch_report import BatchReport
from chalicelib.model.measure import Measure
from chalicelib.telemetry import Telemetry
from glue.log import logged


def report(telemetry: Telemetry) -> None:
    measures = {Measure.RECORDS_PROCESSED: 3}
    telemetry.report(BatchReport(name="done", figures={"records": 3}, measures=measures))


def fail(_telemetry: Telemetry) -> None:
    raise ZeroDivisionError


def test_a_line_has_the_metrics_of_its_job() -> None:
    stream = io.StringIO()
    logged("attribute_streams", "dev", "jr_1", report, stream, "one")

    line = json.loads(stream.getvalue())
    named = {name: line[name] for name in ("message", "stage", "function", "function_request_id")}
    assert named == {
        "message": "done",
        "stage": "dev",
        "function": "attribute_streams",
        "function_request_id": "jr_1",
    }
    assert line["RecordsProcessed"] == [3]


def test_an_error_is_logged_with_its_metric_and_ends_the_job() -> None:
    stream = io.StringIO()
    with pytest.raises(ZeroDivisionError):
        logged("attribute_range", "dev", "jr_1", fail, stream, "two")

    line = json.loads(stream.getvalue())
    assert (line["level"], line["Failures"]) == ("ERROR", [1])
