"""What was decided about an hour, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric, Withheld
from chalicelib.model.explanation import explanation
from chalicelib.model.hour import Hour


class Status(StrEnum):
    NORMAL = "normal"
    ANOMALOUS = "anomalous"
    INSUFFICIENT_HISTORY = "insufficient_history"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an hour is, and the figures behind it; None if there is nothing to compare.

    `history` is how many hours the baseline holds. An hour that departs too little to matter is
    normal whatever its score.
    """

    status: Status
    threshold: float
    direction: Direction | None = None
    observed: float | None = None
    expected: float | None = None
    scale: float | None = None
    score: float | None = None
    baseline: Baseline | None = None
    history: int = 0
    is_rising: bool = False

    def to_anomaly(
        self, event_type: str, metric: Metric, hour: Hour, *, withheld: Withheld | None = None
    ) -> Anomaly:
        """Return the anomaly that an anomalous hour of this series is."""
        if self.direction is None or self.baseline is None:
            raise ValueError(self.status)
        anomaly = Anomaly(
            metric=metric,
            event_type=event_type,
            hour=hour,
            direction=self.direction,
            observed=self.observed or 0.0,
            expected=self.expected or 0.0,
            scale=self.scale or 0.0,
            score=self.score or 0.0,
            threshold=self.threshold,
            baseline=self.baseline,
            history=self.history,
            withheld=withheld,
        )
        return replace(anomaly, explanation=explanation(anomaly, continues=not self.is_rising))
