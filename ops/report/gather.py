"""Read the hours of a period and merge them as they were asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model.hour import Hour
from chalicelib.model.merged import MergedRollup, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup
from ops.report.ports import RollupReader

By = Literal["hour", "day", "range"]


@dataclass(frozen=True, slots=True)
class Report:
    """Rows are in order of time, and within a period the busiest type comes first.

    `absent` are the hours that are not rolled up, and `unknown` the types that were asked for and
    have no row.
    """

    period: Period
    by: By
    rows: list[MergedRollup]
    absent: list[Hour]
    unknown: list[str]


def gather(
    reader: RollupReader, period: Period, by: By, event_types: Collection[str] = ()
) -> Report:
    """Merge these types, or else all of them and their sum.

    Raises:
        Unreadable: a row was stored by a version that kept no sketches.
    """
    # Every hour that is rolled up has the row over all types, even when it has no other.
    rolled = reader.rollups(ALL_TYPES, period.first, period.end)
    present = {row.hour for row in rolled}
    names = event_types or {ALL_TYPES} | reader.event_types(period.first, period.end)
    merged = list[MergedRollup]()
    # One type at a time, since sketches of a year's hours take 40 MB.
    for name in names:
        is_sum = name == ALL_TYPES
        hours = rolled if is_sum else reader.rollups(name, period.first, period.end)
        merged += _merged(name, _parts(period, by), hours)
    return Report(
        period=period,
        by=by,
        rows=sorted(merged, key=_place),
        absent=[hour for hour in period.hours if hour not in present],
        unknown=sorted(set(event_types) - {row.event_type for row in merged}),
    )


def _parts(period: Period, by: By) -> Iterator[Period]:
    match by:
        case "hour":
            yield from period.by_hour()
        case "day":
            yield from period.by_day()
        case "range":
            yield period


def _merged(
    name: str, parts: Iterable[Period], rollups: Sequence[HourlyRollup]
) -> Iterator[MergedRollup]:
    by_hour = {row.hour: row for row in rollups}
    for part in parts:
        if hours := [by_hour[hour] for hour in part.hours if hour in by_hour]:
            yield merge(name, part, hours)


def _place(row: MergedRollup) -> tuple[Hour, bool, int, str]:
    return row.period.first, row.event_type != ALL_TYPES, -row.count, row.event_type
