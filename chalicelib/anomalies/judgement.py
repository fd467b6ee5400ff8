"""The result of judging the hours that were rolled up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.anomaly import Anomaly
from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure

# The log names this many; all of them are in the table.
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`pending_alerts` counts anomalies that await an alert, from this run or an earlier one."""

    hours: Sequence[Hour]
    superseded: int
    left: int
    found: Sequence[Anomaly]
    pending_alerts: int

    def to_json(self) -> dict[str, object]:
        """Render what the state machine branches on, and what it records."""
        return {
            "status": "judged",
            "hours": len(self.hours),
            "superseded": self.superseded,
            "left": self.left,
            "anomalies": len(self.found),
            "pending_alerts": self.pending_alerts,
        }

    @property
    def line(self) -> Mapping[str, object]:
        named = [str(anomaly) for anomaly in self.found[:_NAMED]]
        return {"event": "hours judged"} | self.to_json() | {"found": named}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {Measure.ANOMALIES_FOUND: len(self.found)}
