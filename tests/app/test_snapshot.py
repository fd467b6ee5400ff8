"""Pins everything that the pipeline stores and says, so that code can move without changing it.

A fixed story is run through the triggers of `app.py` over moto, with time and randomness fixed.
The HTTP answers, stream records, objects, lake files, table items, alerts and log lines that it
leaves must equal `tests/app/snapshot/recorded`. After an intended change, record them again with

    RECORD_SNAPSHOT=1 .venv/bin/python -m pytest tests/app/test_snapshot.py

and review the difference like any other code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.app.snapshot.story import story
from tests.app.snapshot.text import difference, presented
from tests.app.snapshot.view import VIEWS
from tests.app.snapshot.wiring import CODES, UNITS_BY_MEASURE

RECORDED = Path(__file__).parent / "snapshot" / "recorded"
SWITCH = "RECORD_SNAPSHOT"


@pytest.fixture(scope="module")
def seen() -> Iterator[Mapping[str, str]]:
    with story() as ended:
        yield {name: presented(view(ended)) for name, view in VIEWS.items()}


@pytest.mark.parametrize("name", VIEWS)
def test_what_the_pipeline_leaves_is_what_was_recorded(name: str, seen: Mapping[str, str]) -> None:
    file = RECORDED / f"{name}.json"
    if SWITCH in os.environ:
        file.write_text(seen[name])

    if found := difference(file.read_text(), seen[name]):
        hint = f"If that is intended, record it again with {SWITCH}=1."
        pytest.fail(f"{file.name} is out of date:\n{found}\n{hint}", pytrace=False)


# What needs more hours than a run may roll up, a question to the query API, an experiment, or a
# stage with settings of its own.
ELSEWHERE = {
    "attribution_off",
    "HoursLeft",
    "ResultsComputed",
    "ResultsFailed",
    "event_type_not_allowed",
    "invalid_cursor",
    "invalid_range",
    "range_too_wide",
    "repeated_parameter",
    "rollup_outdated",
    "unknown_parameter",
    # Of a job on Spark, where that attributes.
    "JobExecutionTime",
    "JobOverdue",
    "JobRunning",
    "JobRunsFailed",
    # What attribution does in its database.
    "AttributionLag",
    "CheckoutsAttributed",
    "RecordsProcessed",
    "CheckoutsRestated",
    # What is asked about experiments, and definitions that can't be read.
    "EventsUnenriched",
    "changed_while_running",
    "coverage_lowered",
    "experiment_exists",
    "experiment_not_found",
    "inconsistent_metric",
    "namespace_taken",
    "precondition_required",
    "repeated_key",
    "status_change_not_allowed",
    "too_many_running",
    "unknown_property",
    "unknown_variant",
    "version_conflict",
    "weights_do_not_sum",
}


def test_every_code_and_every_measure_occurs_in_the_story(seen: Mapping[str, str]) -> None:
    found = "".join(text for name, text in seen.items() if name != "vocabulary")
    expected = [word for word in (*CODES, *UNITS_BY_MEASURE) if word not in ELSEWHERE]

    assert [word for word in expected if f'"{word}"' not in found] == []
