"""One execution of the hourly rollup, as it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.model.measure import Measure

type RunStatus = Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`failed_hours` gives each hour's error; `error` is what ended the run before its hours.

    What could not be judged, published, computed or sealed is left for the next run. An hour that
    could not be sealed has not failed: its figures are right, and its rows only take more room.
    """

    name: str
    started_at: str
    recorded_at: str
    hours: Sequence[str]
    superseded_hours: Sequence[str]
    failed_hours: Mapping[str, str]
    records: int
    missing: int
    unsealed_hours: Mapping[str, str] = field(default_factory=dict)
    anomalies: int = 0
    alerts: int = 0
    results: int = 0
    error: str | None = None
    judging_error: str | None = None
    publishing_error: str | None = None
    computing_error: str | None = None

    @property
    def status(self) -> RunStatus:
        return "failed" if self.errors or self.failed_hours else "succeeded"

    @property
    def errors(self) -> Mapping[str, str]:
        """Return what failed besides hours: the run as a whole, judging, publishing, computing."""
        errors = {
            "run": self.error,
            "judging": self.judging_error,
            "publishing": self.publishing_error,
            "computing": self.computing_error,
        }
        return {step: error for step, error in errors.items() if error is not None}

    def to_json(self) -> dict[str, object]:
        """Return what the state machine passes on: counts instead of lists."""
        return {
            "name": self.name,
            "status": self.status,
            "hours": len(self.hours),
            "superseded_hours": len(self.superseded_hours),
            "failed_hours": len(self.failed_hours),
            "unsealed_hours": len(self.unsealed_hours),
            "records": self.records,
            "missing": self.missing,
            "anomalies": self.anomalies,
            "alerts": self.alerts,
            "results": self.results,
        }

    @property
    def line(self) -> Mapping[str, object]:
        figures = {key: value for key, value in self.to_json().items() if key != "name"}
        line = {"event": "rollup run recorded", "execution": self.name} | figures
        if self.status == "failed":
            line |= {"errors": dict(self.errors), "failed": dict(self.failed_hours)}
        if self.unsealed_hours:
            line |= {"unsealed": dict(self.unsealed_hours)}
        return line

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {
            Measure.HOURS_FAILED: len(self.failed_hours),
            Measure.HOURS_UNSEALED: len(self.unsealed_hours),
            Measure.JUDGEMENT_FAILURES: self.judging_error is not None,
        }
