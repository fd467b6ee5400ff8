"""Rows of metrics, merged from rollups once and remembered while their hours stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.merged import MergedRollup
from chalicelib.model.period import Period
from chalicelib.query.gather import merged_rows, order_of
from chalicelib.query.memo import Marks, Memo, Version, version_of
from chalicelib.query.metric_shapes import MetricsRow
from chalicelib.query.metrics_row import row_of
from chalicelib.query.ports import Each, SummarizedRollupReader

type RowKey = tuple[str, Period, Version]
# A type and a part of the range.
type Place = tuple[str, Period]
type Wanted = Mapping[Period, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """`order` is its place; whether `content` is final is left to be seen."""

    order: tuple[int, int, int, str]
    part: Period
    content: MetricsRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """`by_summary` says whether hours are read in one piece, where they have a summary."""

    rollups: SummarizedRollupReader
    memo: Memo[RowKey, Row | None]
    by_summary: bool = False
    each: Each = map

    def rows(self, wanted: Wanted, marks: Marks) -> list[Row]:
        """Return a row for each part and each of its types that has any hour, in order.

        Raises:
            Unreadable: a row was stored by a version that kept no sketches.
        """
        keys = dict(_keys(wanted, marks))
        known = self.memo.known(keys.values())
        places = ((name, part) for part, names in wanted.items() for name in names)
        unread = [place for place in places if keys.get(place) not in known]
        found = self._summarized(unread, marks)
        found |= self._merged([place for place in unread if place not in found])
        self.memo.keep({keys[place]: row for place, row in found.items() if place in keys})
        rows = [row for row in (*known.values(), *found.values()) if row]
        return sorted(rows, key=lambda row: row.order)

    def _summarized(self, unread: Sequence[Place], marks: Marks) -> dict[Place, Row | None]:
        """Take rows from summaries, as far as these are by the last finished rollups."""
        if not (self.by_summary and unread):
            return {}
        parts = [part for _, part in unread]
        summaries = self.rollups.summaries(min(parts).first, max(parts).end)
        rows = {
            hour: {row.event_type: row for row in summary.rows}
            for hour, summary in summaries.items()
            if hour in marks and marks[hour].rolled == summary.mark
        }
        return {
            (name, part): _row(rows[part.first].get(name))
            for name, part in unread
            if part.first in rows
        }

    def _merged(self, unread: Iterable[Place]) -> dict[Place, Row | None]:
        parts: dict[str, list[Period]] = {}
        for name, part in unread:
            parts.setdefault(name, []).append(part)
        read = self.each(lambda name: self._read(name, parts[name]), parts)
        return {place: row for rows in read for place, row in rows.items()}

    def _read(self, name: str, parts: Sequence[Period]) -> Mapping[Place, Row | None]:
        rollups = self.rollups.rollups(name, parts[0].first, parts[-1].end)
        merged = {row.period: row for row in merged_rows(name, parts, rollups)}
        return {(name, part): _row(merged.get(part)) for part in parts}


def _keys(wanted: Wanted, marks: Marks) -> Iterator[tuple[Place, RowKey]]:
    for part, names in wanted.items():
        version = version_of(part.hours, marks)
        if version is not None:
            for name in names:
                yield (name, part), (name, part, version)


def _row(merged: MergedRollup | None) -> Row | None:
    if merged is None:
        return None
    return Row(order_of(merged), merged.period, row_of(merged))
