"""The fake job and Glue's own, as moto has it, are controlled alike."""

from __future__ import annotations

from collections.abc import Callable

import boto3
import pytest

from chalicelib.attribution.control_job import ControlJob, Outcome
from chalicelib.attribution.job import JobRuns
from chalicelib.aws.job_runs import GlueJobRuns
from chalicelib.errors import AlreadyRunning, JobMissing, StoreUnavailable
from chalicelib.model.job_run import RunState
from tests.unit.attribution.fake_job import FakeJobRuns

pytestmark = pytest.mark.contract

JOB = "eventstream-local-attribute-streams"
MakeRuns = Callable[[], JobRuns]


def of_glue() -> JobRuns:
    client = boto3.client("glue", region_name="us-east-1")
    client.create_job(
        Name=JOB,
        Role="arn:aws:iam::123456789012:role/any",
        Command={"Name": "gluestreaming", "ScriptLocation": "s3://any/stream.py"},
        ExecutionProperty={"MaxConcurrentRuns": 1},
    )
    return GlueJobRuns(client, JOB)


@pytest.fixture(params=[FakeJobRuns, of_glue], ids=["fake", "moto"])
def runs(request: pytest.FixtureRequest, aws: None, endless_runs: None) -> JobRuns:
    make: MakeRuns = request.param
    return make()


def test_a_job_without_runs_has_none(runs: JobRuns) -> None:
    assert runs.newest() == []


def test_a_started_run_is_the_newest_and_active(runs: JobRuns) -> None:
    run_id = runs.start({"STARTING_POSITION": "TRIM_HORIZON"})

    [run] = runs.newest()
    assert (run.run_id, run.is_active, run.ended_ms) == (run_id, True, None)
    assert run.state in {RunState.STARTING, RunState.RUNNING}


def test_a_second_start_is_refused(runs: JobRuns) -> None:
    runs.start({})

    with pytest.raises(AlreadyRunning):
        runs.start({})
    assert len(runs.newest()) == 1


def test_starting_twice_ends_in_one_run(runs: JobRuns) -> None:
    control = ControlJob(JOB, runs)

    first, second = control.start(), control.start()

    assert [first.outcome, second.outcome] == [Outcome.STARTED, Outcome.ALREADY_RUNNING]
    assert first.run_id == second.run_id
    assert len(runs.newest()) == 1


def test_a_job_that_is_not_deployed_is_missing(aws: None) -> None:
    runs = GlueJobRuns(boto3.client("glue", region_name="us-east-1"), "none")

    with pytest.raises(JobMissing):
        runs.newest()
    with pytest.raises(JobMissing):
        runs.start({})


def test_another_error_of_glue_is_one_of_ours() -> None:
    client = boto3.client("glue", region_name="us-east-1", endpoint_url="http://127.0.0.1:9")

    with pytest.raises(StoreUnavailable):
        GlueJobRuns(client, JOB).newest()
