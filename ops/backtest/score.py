"""Precision and recall of alerts, given the windows of known incidents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from ops.backtest.case import Window

# An alert in the hour after a window is as good as one in it.
TOLERANCE_HOURS = 1


@dataclass(frozen=True, slots=True)
class Score:
    alerts: int = 0
    true_alerts: int = 0
    windows: int = 0
    found: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.alerts + other.alerts,
            self.true_alerts + other.true_alerts,
            self.windows + other.windows,
            self.found + other.found,
        )

    @property
    def precision(self) -> float | None:
        """The share of alerts that are in a window; None without any alert."""
        return self.true_alerts / self.alerts if self.alerts else None

    @property
    def recall(self) -> float | None:
        """The share of windows with an alert; None without any window."""
        return self.found / self.windows if self.windows else None


def score(alerts: Collection[Hour], windows: Sequence[Window]) -> Score:
    return Score(
        alerts=len(alerts),
        true_alerts=sum(any(_is_in(hour, window) for window in windows) for hour in alerts),
        windows=len(windows),
        found=sum(any(_is_in(hour, window) for hour in alerts) for window in windows),
    )


def _is_in(hour: Hour, window: Window) -> bool:
    return window.first <= hour <= window.last.plus(TOLERANCE_HOURS)


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
