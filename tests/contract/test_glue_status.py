"""The status of the Spark jobs: runs as Glue has them, and figures as CloudWatch has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from chalicelib.errors import JobMissing
from chalicelib.model.measure import NAMESPACE, Measure
from ops.commands.glue import _needing_jobs
from ops.glue.figures import Figures, figures_of
from ops.glue.show import shown
from ops.glue.status import status_of
from ops.kit.console import err
from ops.kit.errors import OperationFailed
from ops.stage.names import RANGE_JOB, STREAM_JOB, Names

pytestmark = pytest.mark.contract

REGION = "us-east-1"
NOTHING = Figures({})


@dataclass(frozen=True)
class Deployed:
    session: boto3.Session
    names: Names


@pytest.fixture
def deployed(aws: None, endless_runs: None) -> Deployed:
    return Deployed(boto3.Session(region_name=REGION), Names("dev", "123456789012", REGION))


@pytest.fixture
def jobs(deployed: Deployed) -> Deployed:
    for job in (STREAM_JOB, RANGE_JOB):
        deployed.session.client("glue").create_job(
            Name=deployed.names.job(job),
            Role="arn:aws:iam::123456789012:role/any",
            Command={"Name": "gluestreaming", "ScriptLocation": "s3://any/stream.py"},
        )
    return deployed


def measure(deployed: Deployed, name: Measure, value: float, function: str) -> None:
    dimensions = {"stage": "dev", "function": function}
    metric = {
        "MetricName": name.value,
        "Value": value,
        "Timestamp": datetime.now(UTC) - timedelta(minutes=5),
        "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
    }
    deployed.session.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[metric])


def test_jobs_that_have_not_run_are_stopped(jobs: Deployed) -> None:
    status = status_of(jobs, NOTHING)

    assert status.to_json() == {
        "state": "stopped",
        "failed_runs": 0,
        "last_hour": {},
        "runs": {STREAM_JOB: [], RANGE_JOB: []},
    }


def test_a_run_is_listed_with_its_state(jobs: Deployed) -> None:
    run_id = jobs.session.client("glue").start_job_run(JobName=jobs.names.job(STREAM_JOB))

    status = status_of(jobs, NOTHING).to_json()

    assert status["state"] in {"starting", "running"}
    [run] = status["runs"][STREAM_JOB]
    assert run["run_id"] == run_id["JobRunId"]


def test_a_stage_without_jobs_is_an_error_that_says_how_to_get_them(deployed: Deployed) -> None:
    with pytest.raises(OperationFailed, match="dev has no job") as refused, _needing_jobs("dev"):
        status_of(deployed, NOTHING)
    assert 'attribution_by = "spark"' in refused.value.advice
    assert isinstance(refused.value.__cause__, JobMissing)


def test_figures_are_the_jobs_own(deployed: Deployed) -> None:
    measure(deployed, Measure.ATTRIBUTION_LAG, 4_000, "attribute_streams")
    measure(deployed, Measure.ATTRIBUTION_LAG, 9_000, "attribute_streams")
    measure(deployed, Measure.ATTRIBUTION_LAG, 99_000, "attribute_clicks")

    assert figures_of(deployed).values == {Measure.ATTRIBUTION_LAG: 9_000}


def test_the_tables_show_lag_and_failures(jobs: Deployed) -> None:
    figures = Figures({Measure.ATTRIBUTION_LAG: 61_000, Measure.RECORDS_PROCESSED: 12_345})

    with err.capture() as captured:
        for table in shown(status_of(jobs, figures)):
            err.print(table)

    assert "61 s" in captured.get()
    assert "12,345" in captured.get()
