"""The runs of both jobs, with what the streaming job did lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.model.job_run import JobRun, active
from ops.glue.figures import Figures
from ops.glue.jobs import Reached, runs_of
from ops.stage.names import RANGE_JOB, STREAM_JOB

SHOWN = 5


@dataclass(frozen=True, slots=True)
class JobsStatus:
    runs: Mapping[str, Sequence[JobRun]]
    figures: Figures

    @property
    def failed(self) -> int:
        """The failures among the runs that are shown."""
        return sum(run.state.is_failure for runs in self.runs.values() for run in runs)

    def state_of(self, job: str) -> str:
        running = active(self.runs[job])
        return running.state.value.lower() if running else "stopped"

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state_of(STREAM_JOB),
            "failed_runs": self.failed,
            "last_hour": self.figures.to_json(),
            "runs": {job: [run.to_json() for run in runs] for job, runs in self.runs.items()},
        }


def status_of(reached: Reached, figures: Figures) -> JobsStatus:
    """Read the last runs.

    Raises:
        JobMissing: the stage has no jobs.
        StoreUnavailable: Glue can't be reached.
    """
    jobs = (STREAM_JOB, RANGE_JOB)
    return JobsStatus({job: runs_of(reached, job).newest()[:SHOWN] for job in jobs}, figures)
