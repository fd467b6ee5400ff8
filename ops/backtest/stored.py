"""Series of stored rollups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from chalicelib.anomalies.detector import LOOKBACK_HOURS, series_of
from chalicelib.anomalies.ports import FiguresReader
from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.model.anomaly import Metric
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, OTHER_TYPES
from ops.backtest.case import Case
from ops.kit.errors import OperationFailed
from ops.reach import reach

_EARLIEST = Hour.parse("0001-01-01T00")


def open_figures(stage: str, region: str | None, state: Path) -> FiguresReader:
    deployed = reach(stage, region, state)
    client = deployed.session.client("dynamodb")
    return DynamoAggregates(client, deployed.names.table("aggregates"))


def stored_cases(
    reader: FiguresReader, period: Period, event_types: Sequence[str], metrics: Sequence[Metric]
) -> list[Case]:
    """Read a series for each type and metric, back to the history of its first hour.

    Raises:
        OperationFailed: no hour is rolled up, or an event type is unknown.
    """
    first = period.first
    figures = reader.figures(_reach(first), period.end)
    if not any(hour in period for hour in figures):
        reason = f"No hour between {first.text} and {period.end.text} is rolled up."
        raise OperationFailed(reason, "Roll hours up with `python -m ops rollup --from … --to …`.")
    known = {name for types in figures.values() for name in types} - {OTHER_TYPES}
    if unknown := [name for name in event_types if name not in known]:
        reason = f"No rollup has the event type {', '.join(unknown)}."
        raise OperationFailed(reason, f"The types are: {', '.join(sorted(known))}.")
    return list(_cases(figures, first, event_types or sorted(known, key=_all_first), metrics))


def _reach(first: Hour) -> Hour:
    return Hour(max(first.start_ms - LOOKBACK_HOURS * HOUR_MS, _EARLIEST.start_ms))


def _all_first(event_type: str) -> tuple[bool, str]:
    return event_type != ALL_TYPES, event_type


def _cases(
    figures: Mapping[Hour, Mapping[str, Figures]],
    first: Hour,
    event_types: Sequence[str],
    metrics: Sequence[Metric],
) -> Iterator[Case]:
    for event_type in event_types:
        for metric in metrics:
            series = series_of(figures, event_type, metric)
            if any(hour >= first for hour in series):
                yield Case(name=event_type, metric=metric, series=series)
