"""Look at the job of attribution, since a job that doesn't run can't report that itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.attribution.job import JobRuns
from chalicelib.model.job_run import JobRun, RunState, active
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock

# A failed run is reported by every look of that time, of which there are several.
RECENT_MS = 600_000


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look at the job found."""

    newest: JobRun | None
    is_running: bool
    is_overdue: bool
    failed: int

    @property
    def line(self) -> Mapping[str, object]:
        run = self.newest.to_json() if self.newest else None
        return {
            "event": "job watched",
            "run": run,
            "is_running": self.is_running,
            "is_overdue": self.is_overdue,
            "failed": self.failed,
        }

    @property
    def measures(self) -> Mapping[Measure, float]:
        run = self.newest if self.is_running else None
        return {
            Measure.JOB_RUNNING: self.is_running,
            Measure.JOB_OVERDUE: self.is_overdue,
            Measure.JOB_RUNS_FAILED: self.failed,
            Measure.JOB_EXECUTION_TIME: run.execution_s if run else 0,
        }


@dataclass(frozen=True, slots=True)
class WatchJob:
    """The job is overdue when nothing runs although nobody has stopped it, or for too long.

    `max_pause_ms` is how long it may stay stopped on purpose: less than the streams keep records.

    Raises:
        JobMissing, StoreUnavailable: it can't be looked at, which is a failure of its own.
    """

    runs: JobRuns
    clock: Clock
    max_pause_ms: int

    def __call__(self) -> Watched:
        found, now_ms = self.runs.newest(), self.clock()
        running = active(found)
        return Watched(
            newest=running or (found[0] if found else None),
            is_running=running is not None,
            is_overdue=running is None and self._is_overdue(found, now_ms),
            failed=sum(_has_just_failed(run, now_ms) for run in found),
        )

    def _is_overdue(self, ended: Sequence[JobRun], now_ms: int) -> bool:
        if not ended or ended[0].state is not RunState.STOPPED:
            return True
        return now_ms - (ended[0].ended_ms or ended[0].started_ms) > self.max_pause_ms


def _has_just_failed(run: JobRun, now_ms: int) -> bool:
    return run.state.is_failure and now_ms - (run.ended_ms or run.started_ms) <= RECENT_MS
