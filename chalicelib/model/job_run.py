"""One run of a job, as the service that runs it reports it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class RunState(StrEnum):
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"
    ERROR = "ERROR"
    WAITING = "WAITING"
    EXPIRED = "EXPIRED"

    @property
    def is_active(self) -> bool:
        """Whether the run still occupies its job, which has room for one."""
        return self in _ACTIVE

    @property
    def is_failure(self) -> bool:
        return self in _FAILURES


_ACTIVE = {RunState.STARTING, RunState.RUNNING, RunState.STOPPING, RunState.WAITING}
_FAILURES = {RunState.FAILED, RunState.TIMEOUT, RunState.ERROR, RunState.EXPIRED}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """Times are epoch milliseconds; `execution_s` is what is paid for, in seconds."""

    run_id: str
    state: RunState
    started_ms: int
    ended_ms: int | None = None
    execution_s: int = 0
    error: str = ""

    @property
    def is_active(self) -> bool:
        return self.state.is_active

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "state": RunState(fields["state"])})


def active(runs: Iterable[JobRun]) -> JobRun | None:
    return next((run for run in runs if run.is_active), None)
