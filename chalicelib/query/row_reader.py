"""Rows of metrics, merged from rollups once and remembered while their hours stay the same."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.merged import MergedRollup
from chalicelib.model.period import Period
from chalicelib.query.gather import merged_rows, order_of
from chalicelib.query.memo import Marks, Memo, Version, version_of
from chalicelib.query.metric_shapes import MetricsRow
from chalicelib.query.metrics_row import row_of
from chalicelib.query.ports import Each, SummarizedRollupReader

# A type, and the start of a part of the range: of plain values, since an answer has hundreds.
type Place = tuple[str, int]
type RowKey = tuple[Place, int, Version]
type Wanted = Mapping[Period, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """`order` is its place; whether `content` is final is left to be seen."""

    order: tuple[int, int, int, str]
    content: MetricsRow

    @property
    def start_ms(self) -> int:
        return self.order[0]


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
        unread = _without(wanted, {place for place, key in keys.items() if key in known})
        found = self._summarized(unread, marks)
        found |= self._merged(_without(unread, found))
        self.memo.keep({keys[place]: row for place, row in found.items() if place in keys})
        rows = [row for row in (*known.values(), *found.values()) if row]
        return sorted(rows, key=lambda row: row.order)

    def _summarized(self, unread: Wanted, marks: Marks) -> dict[Place, Row | None]:
        """Take rows from summaries, as far as these are by the last finished rollups."""
        if not (self.by_summary and unread):
            return {}
        summaries = self.rollups.summaries(min(unread).first, max(unread).end)
        found: dict[Place, Row | None] = {}
        for part, names in unread.items():
            summary, mark = summaries.get(part.first), marks.get(part.first)
            if summary and mark and mark.rolled == summary.mark:
                rows = {row.event_type: row for row in summary.rows}
                found |= {_place(name, part): _row(rows.get(name)) for name in names}
        return found

    def _merged(self, unread: Wanted) -> dict[Place, Row | None]:
        parts: dict[str, list[Period]] = {}
        for part, names in unread.items():
            for name in names:
                parts.setdefault(name, []).append(part)
        read = self.each(lambda name: self._read(name, parts[name]), parts)
        return {place: row for rows in read for place, row in rows.items()}

    def _read(self, name: str, parts: Sequence[Period]) -> Mapping[Place, Row | None]:
        rollups = self.rollups.rollups(name, parts[0].first, parts[-1].end)
        merged = {row.period: row for row in merged_rows(name, parts, rollups)}
        return {_place(name, part): _row(merged.get(part)) for part in parts}


def _place(name: str, part: Period) -> Place:
    return name, part.first.start_ms


def _keys(wanted: Wanted, marks: Marks) -> Iterator[tuple[Place, RowKey]]:
    for part, names in wanted.items():
        version = version_of(part.hours, marks)
        if version is not None:
            for name in names:
                place = _place(name, part)
                yield place, (place, part.end.start_ms, version)


def _without(wanted: Wanted, places: Container[Place]) -> Wanted:
    """Return what is left, and no part of which nothing is."""
    left = {
        part: frozenset(name for name in names if _place(name, part) not in places)
        for part, names in wanted.items()
    }
    return {part: names for part, names in left.items() if names}


def _row(merged: MergedRollup | None) -> Row | None:
    if merged is None:
        return None
    return Row(order_of(merged), row_of(merged))
