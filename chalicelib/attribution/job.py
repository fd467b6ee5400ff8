"""What controlling the job of attribution needs from the service that runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.model.job_run import JobRun


class JobRuns(Protocol):
    """The runs of one job. Every method may raise `StoreUnavailable` or `JobMissing`."""

    def newest(self) -> Sequence[JobRun]:
        """Return the last runs, the newest first, among them every one that is active."""
        ...

    def start(self, arguments: Mapping[str, str]) -> str:
        """Start a run, whose arguments replace the job's own of the same names; return its ID.

        Raises:
            AlreadyRunning: the job has an active run, so that none was started.
        """
        ...

    def stop(self, run_id: str) -> None:
        """Ask a run to stop, which takes a while; nothing happens when it has ended."""
        ...
