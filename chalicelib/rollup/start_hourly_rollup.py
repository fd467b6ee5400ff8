"""Start the state machine for the last full hour."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.ports import Executions
from chalicelib.rollup import execution


@dataclass(frozen=True, slots=True)
class StartHourlyRollup:
    executions: Executions

    def __call__(self, fired_at: str) -> str:
        """Start the rollup that belongs to a firing of the schedule; return its name."""
        window = Hour.of(instant.parse(fired_at)).plus(-1)
        name, payload = execution.hourly(window)
        self.executions.start(name, payload)
        return name
