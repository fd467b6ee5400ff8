"""The hours of one event type and metric, as the detector reads them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import OTHER_TYPES

# A p95 of fewer latencies, or an error rate of fewer events, says too little.
LEAST_N: Mapping[Metric, int] = MappingProxyType({Metric.LATENCY: 30, Metric.ERROR_RATE: 50})


class Point(NamedTuple):
    """Events, p95 milliseconds or an error rate, with the number of events it rests on."""

    value: float
    n: int


# An absent hour is a missing one: it was not rolled up, or had too few events.
type Series = Mapping[Hour, Point]
# The hours already found anomalous.
type Flags = Mapping[Hour, Direction]


def series_of(
    figures: Mapping[Hour, Mapping[str, Figures]], event_type: str, metric: Metric
) -> dict[Hour, Point]:
    """Extract one series from every hour that was rolled up.

    An hour without the type is a volume of zero once the type has been seen, and says nothing
    about its latency or its errors. Where types are folded into one row, the type may be among
    them, so that the hour says nothing about it at all.
    """
    points = {
        hour: _point(metric, types.get(event_type))
        for hour, types in figures.items()
        if event_type in types or OTHER_TYPES not in types
    }
    if metric is not Metric.VOLUME:
        return {hour: point for hour, point in points.items() if point.n >= LEAST_N[metric]}
    first = min((hour.start_ms for hour, point in points.items() if point.n), default=None)
    if first is None:
        return {}
    return {hour: point for hour, point in points.items() if hour.start_ms >= first}


def _point(metric: Metric, figures: Figures | None) -> Point:
    if figures is None:
        return Point(0.0, 0)
    events, errors, latencies, p95_ms = figures
    match metric:
        case Metric.VOLUME:
            return Point(float(events), events)
        case Metric.ERROR_RATE:
            return Point(errors / events if events else 0.0, events)
        case Metric.LATENCY:
            return Point(0.0, 0) if p95_ms is None else Point(p95_ms, latencies)
