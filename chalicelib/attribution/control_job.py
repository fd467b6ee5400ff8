"""Start and stop a job of attribution, so that repeating either changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalicelib.attribution.job import JobRuns
from chalicelib.errors import AlreadyRunning
from chalicelib.model.job_run import RunState, active
from chalicelib.model.measure import Measure


class Outcome(StrEnum):
    STARTED = "started"
    ALREADY_RUNNING = "already running"
    # A run that is on its way out still occupies the job.
    STILL_STOPPING = "still stopping"
    STOPPING = "stopping"
    ALREADY_STOPPED = "already stopped"


@dataclass(frozen=True, slots=True)
class Controlled:
    """What was done, and to which run; `run_id` is empty where there is none."""

    job: str
    outcome: Outcome
    run_id: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "job controlled", **self.to_json()}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}

    def to_json(self) -> dict[str, Any]:
        return {
            "job": self.job,
            "outcome": self.outcome.value,
            "run_id": self.run_id,
            "arguments": {**self.arguments},
        }


@dataclass(frozen=True, slots=True)
class ControlJob:
    """A job has at most one active run, however many start it."""

    job: str
    runs: JobRuns

    def start(self, arguments: Mapping[str, str] | None = None) -> Controlled:
        """Start a run unless there is one.

        Raises:
            JobMissing: the job is not deployed.
            StoreUnavailable: the service can't be reached; a run may have been started.
        """
        given = arguments or {}
        if found := self._occupied():
            return found
        try:
            return Controlled(self.job, Outcome.STARTED, self.runs.start(given), given)
        except AlreadyRunning:
            # Another start came first, or the run isn't listed yet.
            return self._occupied() or Controlled(self.job, Outcome.ALREADY_RUNNING)

    def stop(self) -> Controlled:
        """Stop the active run if there is one; the job's checkpoints stay where they are.

        Raises:
            JobMissing, StoreUnavailable: as above.
        """
        run = active(self.runs.newest())
        if run is None:
            return Controlled(self.job, Outcome.ALREADY_STOPPED)
        if run.state is not RunState.STOPPING:
            self.runs.stop(run.run_id)
        return Controlled(self.job, Outcome.STOPPING, run.run_id)

    def _occupied(self) -> Controlled | None:
        run = active(self.runs.newest())
        if run is None:
            return None
        is_stopping = run.state is RunState.STOPPING
        outcome = Outcome.STILL_STOPPING if is_stopping else Outcome.ALREADY_RUNNING
        return Controlled(self.job, outcome, run.run_id)
