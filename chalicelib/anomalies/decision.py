"""What was decided about an hour, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric, Withheld
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

    @property
    def explanation(self) -> str:
        """One plain sentence."""
        if self.status is Status.MISSING:
            return "Missing: the hour was not rolled up, or had too few events."
        if self.baseline is None or self.score is None:
            return "Insufficient history: at least a day is needed, and more if hours are missing."
        hours = f"{self.history} earlier hours ({self.baseline.replace('_', ' ')})"
        figures = f"{self.observed:,.4g} against {self.expected:,.4g} expected by {hours}"
        score = f"a score of {self.score:+.1f} at a threshold of {self.threshold:g}"
        return f"{self._verdict}: {figures}, {score}{self._reservation}."

    def to_anomaly(
        self, event_type: str, metric: Metric, hour: Hour, *, withheld: Withheld | None = None
    ) -> Anomaly:
        """Return the anomaly that an anomalous hour of this series is."""
        if self.direction is None or self.baseline is None:
            raise ValueError(self.status)
        return Anomaly(
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
            explanation=self.explanation,
        )

    @property
    def _verdict(self) -> str:
        match self.direction:
            case None:
                return "Normal"
            case Direction.ABOVE:
                return "Above"
            case Direction.BELOW:
                return "Below"
            case Direction.NO_DATA:
                return "No data"

    @property
    def _reservation(self) -> str:
        if self.direction is not None:
            return "" if self.is_rising else ", in an episode that continues"
        if self.score is not None and abs(self.score) >= self.threshold:
            return ", which is too small a departure to matter or was seen recently"
        return ""
