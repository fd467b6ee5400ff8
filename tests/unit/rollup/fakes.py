"""The rollup's ports in memory, as exact as DynamoDB: the contract tests ask both the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.errors import ObjectMissing, Superseded
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup, HourMark
from chalicelib.model.run import Run
from chalicelib.model.stored import StoredObject


@dataclass
class FakeHourMarks:
    marks: dict[Hour, HourMark] = field(default_factory=dict)

    def mark(self, hour: Hour) -> None:
        self.begin(hour)

    def begin(self, hour: Hour) -> int:
        before = self.read(hour)
        self.marks[hour] = HourMark(hour, before.marked + 1, before.rolled)
        return before.marked + 1

    def finish(self, hour: Hour, mark: int) -> None:
        before = self.read(hour)
        if before.rolled < mark <= before.marked:
            self.marks[hour] = HourMark(hour, before.marked, mark)

    def read(self, hour: Hour) -> HourMark:
        return self.marks.get(hour, HourMark(hour, 0, 0))

    def due(self, until: Hour) -> Sequence[Hour]:
        return sorted(h for h, mark in self.marks.items() if mark.is_due and h <= until)


@dataclass
class FakeAggregates:
    rows: dict[Hour, dict[str, HourlyRollup]] = field(default_factory=dict)
    claims: dict[Hour, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def claim(self, hour: Hour, mark: int, event_types: Collection[str]) -> frozenset[str]:
        claimed, known = self.claims.get(hour, (0, frozenset()))
        if claimed > mark:
            raise Superseded
        self.claims[hour] = mark, known | set(event_types)
        return known | set(event_types)

    def replace(
        self, hour: Hour, mark: int, rows: Sequence[HourlyRollup], gone: Collection[str]
    ) -> None:
        if self.claims.get(hour, (0, frozenset()))[0] != mark:
            raise Superseded
        stored = self.rows.setdefault(hour, {})
        stored.update({row.event_type: row for row in rows})
        for event_type in gone:
            stored.pop(event_type, None)


@dataclass
class FakeLake:
    bodies: dict[str, bytes] = field(default_factory=dict)

    def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.bodies if key.startswith(prefix))

    def get(self, key: str) -> StoredObject:
        if key not in self.bodies:
            raise ObjectMissing(key)
        return StoredObject(self.bodies[key], "etag")

    def etag(self, key: str) -> str:
        return self.get(key).etag


@dataclass
class FakeLiveCounts:
    counts: dict[Hour, dict[str, int]] = field(default_factory=dict)

    def records_by_type(self, hour: Hour) -> Mapping[str, int]:
        return dict(self.counts.get(hour, {}))


@dataclass
class FakeRuns:
    by_key: dict[tuple[str, str], Run] = field(default_factory=dict)

    def record(self, run: Run) -> None:
        self.by_key[run.started_at, run.name] = run


@dataclass
class FakeExecutions:
    started: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        self.started.setdefault(name, payload)
