from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.code import Code
from chalicelib.model.run import Run
from chalicelib.query import found
from chalicelib.query.list_runs import REACH, ListRuns
from chalicelib.query.routes import RUNS
from tests.unit.query.builders import make_asked, pages_of, problems_of
from tests.unit.query.fakes import FakeRunReader


def make_run(**changes: Any) -> Run:
    run: dict[str, Any] = {
        "name": "hourly-20261120T11Z",
        "started_at": "2026-11-20T12:10:00.000Z",
        "recorded_at": "2026-11-20T12:11:00.000Z",
        "hours": ["2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"],
        "superseded_hours": ["2026-11-20T10:00:00Z"],
        "failed_hours": {},
        "records": 12,
        "missing": 1,
        "anomalies": 3,
        "alerts": 2,
    }
    return Run(**run | changes)


def recorded(*runs: Run) -> FakeRunReader:
    reader = FakeRunReader()
    for run in runs:
        reader.runs.record(run)
    return reader


def listed(reader: FakeRunReader, **given: object) -> list[Any]:
    content: Any = ListRuns(reader)(make_asked(RUNS, given)).content
    rows: list[Any] = content["runs"]
    return rows


def test_a_row_has_all_that_a_run_came_to() -> None:
    [row] = listed(recorded(make_run()))

    assert row == {
        "execution": "hourly-20261120T11Z",
        "status": "succeeded",
        "started_at": "2026-11-20T12:10:00.000Z",
        "finished_at": "2026-11-20T12:11:00.000Z",
        "hours": 2,
        "superseded_hours": 1,
        "failed_hours": [],
        "records": 12,
        "missing": 1,
        "anomalies": 3,
        "alerts": 2,
        "errors": {},
    }


def test_what_failed_is_named_with_its_error() -> None:
    run = make_run(failed_hours={"2026-11-20T11:00:00Z": "Killed"}, judging_error="Throttled")

    [row] = listed(recorded(run))

    assert row["status"] == "failed"
    assert row["failed_hours"] == [{"hour": "2026-11-20T11:00:00.000Z", "error": "Killed"}]
    assert row["errors"] == {"judging": "Throttled"}


@given(st.sets(st.tuples(st.integers(0, 9), st.sampled_from("ab"))), st.integers(1, 4))
def test_pages_put_together_are_the_whole(keys: set[tuple[int, str]], limit: int) -> None:
    runs = [
        make_run(name=name, started_at=f"2026-11-20T10:0{n}:00.000Z") for n, name in sorted(keys)
    ]

    pages = pages_of(ListRuns(recorded(*runs)), RUNS, {"limit": limit})

    shown = [(row["started_at"], row["execution"]) for page in pages for row in page["runs"]]
    assert shown == [(run.started_at, run.name) for run in reversed(runs)]
    assert all(len(page["runs"]) == limit for page in pages[:-1])


def test_a_run_may_be_kept_for_moments_only() -> None:
    assert ListRuns(recorded())(make_asked(RUNS)).max_age_s == found.RECENT


@pytest.mark.parametrize("place", [[1], ["x", "y"]])
def test_a_cursor_whose_place_makes_no_sense_is_refused(place: list[int | str]) -> None:
    asked = make_asked(RUNS)
    cursor = asked.cursor(asked.span(REACH), place)

    assert problems_of(lambda: listed(recorded(), cursor=cursor)) == [
        ("cursor", Code.INVALID_CURSOR)
    ]
