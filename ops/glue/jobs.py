"""The jobs of a stage, as the command line and the deployment control them."""

from __future__ import annotations

from typing import Protocol

import boto3

from chalicelib.attribution.control_job import ControlJob
from chalicelib.aws.job_runs import GlueJobRuns
from chalicelib.errors import JobMissing
from chalicelib.model.job_run import JobRun, active
from ops.stage.names import STREAM_JOB, Names


class Reached(Protocol):
    """The names of a stage's things, and a session for AWS or the local cloud."""

    @property
    def session(self) -> boto3.Session: ...
    @property
    def names(self) -> Names: ...


def runs_of(reached: Reached, job: str) -> GlueJobRuns:
    return GlueJobRuns(reached.session.client("glue"), reached.names.job(job))


def controls(reached: Reached, job: str) -> ControlJob:
    return ControlJob(reached.names.job(job), runs_of(reached, job))


def running(reached: Reached) -> JobRun | None:
    """Return the active run of the streaming job; None where there is none, or no job."""
    try:
        return active(runs_of(reached, STREAM_JOB).newest())
    except JobMissing:
        return None
