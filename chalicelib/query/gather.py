"""Read hourly rollups and merge them into the hours, days or range that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from chalicelib.model.hour import Hour
from chalicelib.model.merged import MergedRollup, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import HourlyRollup
from chalicelib.query.place import place_of
from chalicelib.query.ports import RollupReader

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
    known = reader.event_types(period.first, period.end)
    names = event_types or frozenset[str]().union(*known.values())
    rows = rows_of(reader, names, parts_of(period, by))
    return Report(
        period=period,
        by=by,
        rows=rows,
        absent=[hour for hour in period.hours if hour not in known],
        unknown=sorted(set(event_types) - {row.event_type for row in rows}),
    )


def parts_of(period: Period, by: By) -> list[Period]:
    match by:
        case "hour":
            return list(period.by_hour())
        case "day":
            return list(period.by_day())
        case "range":
            return [period]


def rows_of(
    reader: RollupReader, names: Collection[str], parts: Sequence[Period]
) -> list[MergedRollup]:
    """Return a row for each type and part, which lie on end, that has any hour.

    Raises:
        Unreadable: a row was stored by a version that kept no sketches.
    """

    def rows_of_type(name: str) -> list[MergedRollup]:
        return [*merged_rows(name, parts, reader.rollups(name, parts[0].first, parts[-1].end))]

    # A type at a time: sketches of a year's hours take 40 MB.
    return sorted(chain.from_iterable(map(rows_of_type, names)), key=order_of)


def merged_rows(
    name: str, parts: Iterable[Period], rollups: Sequence[HourlyRollup]
) -> Iterator[MergedRollup]:
    by_hour = {row.hour: row for row in rollups}
    for part in parts:
        if hours := [by_hour[hour] for hour in part.hours if hour in by_hour]:
            yield merge(name, part, hours)


def order_of(row: MergedRollup) -> tuple[int, int, int, str]:
    """Order rows by time; the sum over all types comes first, and then the busiest type."""
    return place_of(row.period.first.start_ms, row.event_type, row.count)
