"""The runs of one Glue job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.errors import AlreadyRunning, JobMissing
from chalicelib.model.instant import millis
from chalicelib.model.job_run import JobRun, RunState

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

# An active run is among the newest, since the job has room for one.
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class GlueJobRuns:
    client: GlueClient
    job: str

    @classmethod
    def open(cls, job: str) -> GlueJobRuns:
        return cls(boto3.client("glue", config=calls.CONFIG), job)

    def newest(self) -> list[JobRun]:
        with self._translated():
            found = self.client.get_job_runs(JobName=self.job, MaxResults=LOOKED_AT)["JobRuns"]
        return sorted(map(_run, found), key=lambda run: run.started_ms, reverse=True)

    def start(self, arguments: Mapping[str, str]) -> str:
        given = {f"--{name}": value for name, value in arguments.items()}
        with self._translated():
            try:
                started = self.client.start_job_run(JobName=self.job, Arguments=given)
            except self.client.exceptions.ConcurrentRunsExceededException as error:
                raise AlreadyRunning(self.job) from error
        return started["JobRunId"]

    def stop(self, run_id: str) -> None:
        # What it reports as an error is a run that has ended.
        with self._translated():
            self.client.batch_stop_job_run(JobName=self.job, JobRunIds=[run_id])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with calls.translated():
            try:
                yield
            except self.client.exceptions.EntityNotFoundException as error:
                raise JobMissing(self.job) from error


def _run(found: Mapping[str, Any]) -> JobRun:
    state, ended = RunState(found["JobRunState"]), found.get("CompletedOn")
    return JobRun(
        run_id=found["Id"],
        state=state,
        started_ms=millis(found["StartedOn"]),
        ended_ms=millis(ended) if ended and not state.is_active else None,
        execution_s=found.get("ExecutionTime", 0),
        error=found.get("ErrorMessage", ""),
    )
