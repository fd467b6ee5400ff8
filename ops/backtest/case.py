"""A series to replay, and what in it ought to be found."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.anomalies.detector import Series
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Hours that hold something worth an alert, the last one among them."""

    first: Hour
    last: Hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One series; `windows` is None where nobody has said what ought to be found."""

    name: str
    metric: Metric
    series: Series
    windows: tuple[Window, ...] | None = None
