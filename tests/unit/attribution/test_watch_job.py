"""The watcher says that nothing runs although it should, which the job can't say itself."""

from __future__ import annotations

import pytest

from chalicelib.attribution.watch_job import RECENT_MS, Watched, WatchJob
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.job_run import JobRun, RunState
from chalicelib.model.measure import Measure
from tests.unit.attribution.fake_job import FakeJobRuns, make_run

NOW_MS = 1_000 * HOUR_MS
FAILURES = [one for one in RunState if one.is_failure]


def watch(*runs: JobRun) -> Watched:
    return WatchJob(FakeJobRuns([*runs]), lambda: NOW_MS, max_pause_ms=12 * HOUR_MS)()


def ended(state: RunState, hours_ago: float) -> JobRun:
    return make_run(state=state, ended_ms=NOW_MS - round(hours_ago * HOUR_MS))


def test_a_run_that_is_active_is_all_right() -> None:
    seen = watch(make_run(execution_s=90), ended(RunState.STOPPED, 1))

    assert (seen.is_running, seen.is_overdue, seen.failed) == (True, False, 0)
    assert seen.measures[Measure.JOB_EXECUTION_TIME] == 90


def test_a_job_that_was_never_started_is_overdue() -> None:
    assert watch().is_overdue


@pytest.mark.parametrize("state", [*FAILURES, RunState.SUCCEEDED])
def test_a_run_that_ended_by_itself_is_overdue(state: RunState) -> None:
    assert watch(ended(state, 1)).is_overdue


@pytest.mark.parametrize(("hours_ago", "is_overdue"), [(11.9, False), (12.1, True)])
def test_a_pause_on_purpose_is_overdue_only_after_half_a_day(
    hours_ago: float, is_overdue: bool
) -> None:
    assert watch(ended(RunState.STOPPED, hours_ago)).is_overdue is is_overdue


@pytest.mark.parametrize("state", FAILURES)
def test_a_failure_counts_for_some_minutes_also_when_the_next_run_works(state: RunState) -> None:
    recent, old = NOW_MS - RECENT_MS, NOW_MS - RECENT_MS - 1

    seen = watch(make_run(), make_run(state=state, ended_ms=recent))

    assert (seen.failed, seen.is_overdue) == (1, False)
    assert watch(make_run(), make_run(state=state, ended_ms=old)).failed == 0
