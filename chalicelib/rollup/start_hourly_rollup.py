"""Start the state machine for the last full hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.rollup import execution
from chalicelib.rollup.ports import Executions


class Started(NamedTuple):
    execution: str

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "hourly rollup started", "execution": self.execution}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}


@dataclass(frozen=True, slots=True)
class StartHourlyRollup:
    executions: Executions

    def __call__(self, fired_at: str) -> Started:
        """Start the rollup for one firing of the schedule."""
        window = Hour.of(instant.parse(fired_at)).plus(-1)
        name, payload = execution.hourly(window)
        self.executions.start(name, payload)
        return Started(name)
