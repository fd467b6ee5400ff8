"""The read side's ports in memory; the contract tests ask the same of them and of AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup, HourMark
from tests.unit.rollup.fakes import FakeAggregates, FakeHourMarks


@dataclass
class FakeRollups:
    """What rollups have left behind."""

    aggregates: FakeAggregates = field(default_factory=FakeAggregates)
    hour_marks: FakeHourMarks = field(default_factory=FakeHourMarks)
    n_read: int = 0

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        found = self.aggregates.rollups(event_type, first, end)
        self.n_read += len(found)
        return found

    def event_types(self, first: Hour, end: Hour) -> Mapping[Hour, frozenset[str]]:
        claims = self.aggregates.claims
        return {hour: claims[hour][1] for hour in sorted(claims) if first <= hour < end}

    def marks(self, first: Hour, end: Hour) -> Mapping[Hour, HourMark]:
        marks = self.hour_marks.marks
        return {hour: marks[hour] for hour in sorted(marks) if first <= hour < end}

    def store(self, rows: Iterable[HourlyRollup], *, finished: bool = True) -> None:
        """Roll hours up to these rows, each hour as a whole."""
        by_hour: dict[Hour, list[HourlyRollup]] = {}
        for row in rows:
            by_hour.setdefault(row.hour, []).append(row)
        for hour, of_hour in by_hour.items():
            mark = self.hour_marks.begin(hour)
            self.aggregates.claim(hour, mark, {row.event_type: row.figures for row in of_hour})
            self.aggregates.replace(hour, mark, of_hour, ())
            if finished:
                self.hour_marks.finish(hour, mark)


@dataclass
class FakeMeter:
    n_started: int = 0

    def start(self) -> None:
        self.n_started += 1

    def figures(self) -> Mapping[str, float]:
        return {"items_read": self.n_started}
