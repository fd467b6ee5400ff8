"""A job as Glue runs it, with room for one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.errors import AlreadyRunning
from chalicelib.model.job_run import JobRun, RunState, active


def make_run(**changes: Any) -> JobRun:
    fields: dict[str, Any] = {"run_id": "jr_1", "state": RunState.RUNNING, "started_ms": 1_000}
    return JobRun(**fields | changes)


@dataclass
class FakeJobRuns:
    """The newest run is first. `overtake` happens between a look and a start."""

    runs: list[JobRun] = field(default_factory=list)
    overtake: Callable[[], None] = lambda: None
    arguments: list[Mapping[str, str]] = field(default_factory=list)

    def newest(self) -> list[JobRun]:
        return [*self.runs]

    def start(self, arguments: Mapping[str, str]) -> str:
        self.overtake()
        if active(self.runs):
            raise AlreadyRunning
        run_id = f"jr_{len(self.runs) + 1}"
        self.runs.insert(0, make_run(run_id=run_id, state=RunState.STARTING))
        self.arguments.append(arguments)
        return run_id

    def stop(self, run_id: str) -> None:
        self.runs = [
            replace(run, state=RunState.STOPPING) if run.run_id == run_id else run
            for run in self.runs
        ]
