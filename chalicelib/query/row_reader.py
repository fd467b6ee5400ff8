"""Rows of metrics, merged from rollups once and remembered while their hours stay the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.period import Period
from chalicelib.query.gather import merged_rows, order_of
from chalicelib.query.memo import Marks, Memo, Version, version_of
from chalicelib.query.metric_shapes import MetricsRow
from chalicelib.query.metrics_row import row_of
from chalicelib.query.ports import Each, RollupReader

type RowKey = tuple[str, Period, Version]


@dataclass(frozen=True, slots=True)
class Row:
    """`order` is its place; whether `content` is final is left to be seen."""

    order: tuple[int, int, int, str]
    part: Period
    content: MetricsRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    rollups: RollupReader
    memo: Memo[RowKey, Row | None]
    each: Each = map

    def rows(self, names: Collection[str], parts: Sequence[Period], marks: Marks) -> list[Row]:
        """Return a row for each type and part that has any hour, in order.

        Raises:
            Unreadable: a row was stored by a version that kept no sketches.
        """
        versions = {part: version_of(part.hours, marks) for part in parts}
        keys = {
            (name, part): (name, part, version)
            for name in names
            for part, version in versions.items()
            if version is not None
        }
        known = self.memo.known(keys.values())
        unread = {name: [p for p in parts if keys.get((name, p)) not in known] for name in names}
        wanted = [name for name, missing in unread.items() if missing]
        read = self.each(lambda name: self._read(name, unread[name]), wanted)
        found = {key: row for rows in read for key, row in rows.items()}
        self.memo.keep({keys[key]: row for key, row in found.items() if key in keys})
        rows = [row for row in (*known.values(), *found.values()) if row]
        return sorted(rows, key=lambda row: row.order)

    def _read(self, name: str, parts: Sequence[Period]) -> Mapping[tuple[str, Period], Row | None]:
        rollups = self.rollups.rollups(name, parts[0].first, parts[-1].end)
        merged = {row.period: row for row in merged_rows(name, parts, rollups)}
        return {
            (name, part): Row(order_of(merged[part]), part, row_of(merged[part]))
            if part in merged
            else None
            for part in parts
        }
