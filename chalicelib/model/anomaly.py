"""An hour of one event type that deviates from its history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.model.hour import Hour


class Metric(StrEnum):
    VOLUME = "volume"
    LATENCY = "latency"
    ERROR_RATE = "error_rate"


class Direction(StrEnum):
    """Which way an hour deviates; `NO_DATA` is a volume of zero where there always were events."""

    ABOVE = "above"
    BELOW = "below"
    NO_DATA = "no_data"


class Baseline(StrEnum):
    """The hours that an hour is compared with."""

    HOUR_OF_WEEK = "hour_of_week"
    HOUR_OF_DAY = "hour_of_day"
    TRAILING = "trailing"


class Withheld(StrEnum):
    """Why no alert is sent for an anomaly: it continues, it is muted, or it was found too late."""

    CONTINUED = "continued"
    MUTED = "muted"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """`observed`, `expected` and `scale` are events, milliseconds (p95) or a share, by metric.

    `score` is the z-score, (observed - expected) / scale; `history` is how many hours the
    baseline holds; `explanation` says all of it in a sentence. `str()` is its name in logs.
    """

    metric: Metric
    event_type: str
    hour: Hour
    direction: Direction
    observed: float
    expected: float
    scale: float
    score: float
    threshold: float
    baseline: Baseline
    history: int
    withheld: Withheld | None = None
    explanation: str = ""

    def __str__(self) -> str:
        return f"{self.event_type}.{self.metric} {self.direction} {self.hour.window_start}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnomaly:
    """An anomaly and what became of it; instants as text."""

    anomaly: Anomaly
    found_at: str
    withdrawn_at: str | None = None
    alert_id: str | None = None
    alerted_at: str | None = None

    @property
    def key(self) -> str:
        """Its name within its metric, which sorts by hour."""
        anomaly = self.anomaly
        return f"{anomaly.hour.window_start}#{anomaly.event_type}#{anomaly.direction}"
