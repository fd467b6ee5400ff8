"""The doctor finds when both or neither of functions and Spark job attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from ops.deploy.changeover import FUNCTIONS
from ops.doctor.paths import one_path
from ops.stage.names import STREAM_JOB, Names
from ops.stage.stages import AttributedBy, Stage
from ops.stage.target import Target
from tests.contract.template import STAGE

pytestmark = pytest.mark.contract

REGION = "us-east-1"
DAY = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = Names(STAGE, "123456789012", REGION)


@dataclass(frozen=True)
class FakeLambda:
    """The two functions with their event sources in one state, or neither of them."""

    state: str | None

    class exceptions:  # noqa: N801  as the client has it
        class ResourceNotFoundException(Exception):
            pass

    def get_function_configuration(self, FunctionName: str) -> Mapping[str, Any]:  # noqa: N803
        if self.state is None:
            raise self.exceptions.ResourceNotFoundException
        return {"FunctionArn": FunctionName}

    def get_paginator(self, _name: str) -> FakeLambda:
        return self

    def paginate(self, FunctionName: str) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002, N803
        yield {"EventSourceMappings": [{"State": self.state}]}


@dataclass(frozen=True)
class Session:
    """moto's, except for what runs functions."""

    lambda_: FakeLambda

    def client(self, service: str) -> Any:
        return self.lambda_ if service == "lambda" else boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def start_job() -> str:
    glue = boto3.client("glue", region_name=REGION)
    glue.create_job(
        Name=NAMES.job(STREAM_JOB),
        Role="arn:aws:iam::123456789012:role/any",
        Command={"Name": "gluestreaming", "ScriptLocation": "s3://any/stream.py"},
    )
    return glue.start_job_run(JobName=NAMES.job(STREAM_JOB))["JobRunId"]


def problems(state: str | None, by: AttributedBy | None) -> list[str]:
    stage = Stage(STAGE, attribution=by is not None, attribution_by=by or AttributedBy.FUNCTION)
    session: Any = Session(FakeLambda(state))
    return list(one_path(Target(session, stage, NAMES)))


@pytest.fixture(autouse=True)
def _before(aws: None, endless_runs: None) -> None:
    """No job."""


def test_functions_alone_are_right_where_functions_attribute() -> None:
    assert problems("Enabled", AttributedBy.FUNCTION) == []


def test_the_job_alone_is_right_where_spark_attributes() -> None:
    start_job()

    assert problems(None, AttributedBy.SPARK) == []


def test_nothing_is_right_where_nothing_is_attributed() -> None:
    assert problems(None, None) == []


@pytest.mark.parametrize("by", AttributedBy)
def test_both_are_found(by: AttributedBy) -> None:
    run_id = start_job()

    both, surplus = problems("Enabled", by)

    assert both == (
        f"both {' and '.join(FUNCTIONS)} and the Spark job attribute; its run is {run_id}"
    )
    assert "although" in surplus


@pytest.mark.parametrize("by", AttributedBy)
@pytest.mark.parametrize("state", [None, "Disabled"])
def test_neither_is_found(state: str | None, by: AttributedBy) -> None:
    assert problems(state, by) == ["neither the functions nor the Spark job attribute"]


def test_a_job_that_runs_without_attribution_is_found() -> None:
    run_id = start_job()

    [problem] = problems(None, None)

    assert problem.startswith(f"the Spark job runs, as {run_id}")


def test_a_job_that_its_schedule_has_stopped_is_no_problem() -> None:
    schedules = {
        "attribution_job_starts": "cron(0 6 * * ? *)",
        "attribution_job_stops": "cron(0 22 * * ? *)",
    }
    stage = Stage(STAGE, attribution=True, attribution_by=AttributedBy.SPARK, **schedules)  # type: ignore[arg-type]
    session: Any = StoppedSession(FakeLambda(None))

    assert list(one_path(Target(session, stage, NAMES))) == []


class StoppedGlue:
    """A job whose only run was stopped, which moto can't do."""

    exceptions = boto3.client("glue", region_name=REGION).exceptions

    def get_job_runs(self, JobName: str, MaxResults: int) -> Mapping[str, Any]:  # noqa: ARG002, N803
        run = {"Id": "jr_1", "JobRunState": "STOPPED", "StartedOn": DAY, "CompletedOn": DAY}
        return {"JobRuns": [run]}


@dataclass(frozen=True)
class StoppedSession(Session):
    def client(self, service: str) -> Any:
        return StoppedGlue() if service == "glue" else super().client(service)
