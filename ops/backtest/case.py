"""A series to judge, and the windows in which an alert is right."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.anomalies.detector import Series
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The hours of one incident, including the last."""

    first: Hour
    last: Hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One series; `windows` is None where incidents are not labelled."""

    name: str
    metric: Metric
    series: Series
    windows: tuple[Window, ...] | None = None

    @property
    def n_hours(self) -> int:
        return len(min(self.series).until(max(self.series).plus(1))) if self.series else 0
