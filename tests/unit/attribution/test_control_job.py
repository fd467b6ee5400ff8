"""A job has one run, whoever starts it and however often; stopping it twice is no error."""

from __future__ import annotations

import pytest

from chalicelib.attribution.control_job import ControlJob, Outcome
from chalicelib.errors import JobMissing
from chalicelib.model.job_run import RunState
from tests.unit.attribution.fake_job import FakeJobRuns, make_run


def control(runs: FakeJobRuns) -> ControlJob:
    return ControlJob("attribute-streams", runs)


def test_a_job_that_has_never_run_is_started() -> None:
    controlled = control(FakeJobRuns()).start({"FROM": "a"})

    assert (controlled.outcome, controlled.run_id) == (Outcome.STARTED, "jr_1")
    assert controlled.arguments == {"FROM": "a"}


@pytest.mark.parametrize("state", [RunState.STARTING, RunState.RUNNING, RunState.WAITING])
def test_starting_a_job_that_runs_says_so_and_starts_nothing(state: RunState) -> None:
    runs = FakeJobRuns([make_run(state=state)])

    controlled = control(runs).start()

    assert (controlled.outcome, controlled.run_id) == (Outcome.ALREADY_RUNNING, "jr_1")
    assert len(runs.runs) == 1


@pytest.mark.parametrize("state", [one for one in RunState if not one.is_active])
def test_a_job_whose_run_has_ended_is_started_again(state: RunState) -> None:
    runs = FakeJobRuns([make_run(state=state)])

    assert control(runs).start().outcome is Outcome.STARTED


def test_a_job_that_is_still_stopping_is_not_started() -> None:
    runs = FakeJobRuns([make_run(state=RunState.STOPPING)])

    assert control(runs).start().outcome is Outcome.STILL_STOPPING
    assert len(runs.runs) == 1


def test_of_two_starts_at_once_one_finds_the_run_of_the_other() -> None:
    runs = FakeJobRuns()
    runs.overtake = lambda: runs.runs.insert(0, make_run(run_id="jr_other"))

    controlled = control(runs).start()

    assert (controlled.outcome, controlled.run_id) == (Outcome.ALREADY_RUNNING, "jr_other")
    assert len(runs.runs) == 1


def test_a_run_that_runs_is_stopped_once() -> None:
    runs = FakeJobRuns([make_run()])

    first, second = control(runs).stop(), control(runs).stop()

    assert first == second
    assert (first.outcome, first.run_id) == (Outcome.STOPPING, "jr_1")


def test_stopping_a_job_that_does_not_run_says_so() -> None:
    runs = FakeJobRuns([make_run(state=RunState.STOPPED)])

    assert control(runs).stop().outcome is Outcome.ALREADY_STOPPED


def test_a_job_that_is_not_deployed_is_an_error() -> None:
    def missing() -> None:
        raise JobMissing

    runs = FakeJobRuns(overtake=missing)

    with pytest.raises(JobMissing):
        control(runs).start()
