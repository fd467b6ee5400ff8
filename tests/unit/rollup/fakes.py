"""The rollup's ports in memory, as exact as DynamoDB: the contract tests ask both the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.aws import hour_figures
from chalicelib.errors import ObjectMissing, StoreUnavailable, Superseded
from chalicelib.model.alert import Alert
from chalicelib.model.anomaly import Anomaly, Direction, Metric
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.merged import HourSummary, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import DueHour, HourlyRollup, HourMark
from chalicelib.model.run import Run
from chalicelib.model.stored import StoredObject

MAX_ITEM_BYTES = 400 * 1024
# A claim's keys, numbers and names of attributes.
CLAIM_REST_BYTES = 150


@dataclass
class FakeHourMarks:
    marks: dict[Hour, HourMark] = field(default_factory=dict)
    tries: dict[Hour, DueHour] = field(default_factory=dict)
    seal_tries: dict[Hour, DueHour] = field(default_factory=dict)

    def mark(self, hour: Hour) -> None:
        before = self.read(hour)
        self.marks[hour] = replace(before, marked=before.marked + 1)

    def begin(self, hour: Hour, now_ms: int) -> int:
        self.mark(hour)
        self.tries[hour] = _tried_again(self.tries.get(hour, DueHour(hour)), now_ms)
        return self.read(hour).marked

    def finish(self, hour: Hour, mark: int) -> bool:
        before = self.read(hour)
        if not before.rolled < mark <= before.marked:
            return False
        self.marks[hour] = replace(before, rolled=mark)
        self.tries[hour] = replace(self.tries.get(hour, DueHour(hour)), unfinished_ms=None)
        return mark == before.marked

    def begin_seal(self, hour: Hour, now_ms: int) -> int:
        before = self.seal_tries.get(hour, DueHour(hour, has_changed=False))
        self.seal_tries[hour] = _tried_again(before, now_ms)
        return self.read(hour).marked

    def finish_seal(self, hour: Hour, mark: int) -> None:
        before = self.read(hour)
        if mark >= before.sealed:
            self.marks[hour] = replace(before, sealed=mark)
            tried = self.seal_tries.get(hour, DueHour(hour, has_changed=False))
            self.seal_tries[hour] = replace(tried, unfinished_ms=None)

    def read(self, hour: Hour) -> HourMark:
        return self.marks.get(hour, HourMark(hour, 0, 0))

    def due(self, until: Hour) -> Sequence[DueHour]:
        open_hours = (h for h, mark in self.marks.items() if mark.is_due or mark.is_unsealed)
        return [self._due(hour) for hour in sorted(open_hours) if hour <= until]

    def rolled(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        within = {hour: mark.rolled for hour, mark in self.marks.items() if first <= hour < end}
        return {hour: rolled for hour, rolled in sorted(within.items()) if rolled}

    def _due(self, hour: Hour) -> DueHour:
        if self.read(hour).is_due:
            return self.tries.get(hour, DueHour(hour))
        return self.seal_tries.get(hour, DueHour(hour, has_changed=False))


def _tried_again(before: DueHour, now_ms: int) -> DueHour:
    since = before.unfinished_ms
    return replace(before, tried_ms=now_ms, unfinished_ms=now_ms if since is None else since)


@dataclass
class FakeAggregates:
    """A claim that is larger than an item may be is refused, as by DynamoDB, and not by moto."""

    rows: dict[Hour, dict[str, HourlyRollup]] = field(default_factory=dict)
    claims: dict[Hour, tuple[int, frozenset[str]]] = field(default_factory=dict)
    kept_figures: dict[Hour, Mapping[str, Figures]] = field(default_factory=dict)
    kept_summaries: dict[Hour, HourSummary] = field(default_factory=dict)

    def claim(self, hour: Hour, mark: int, figures: Mapping[str, Figures]) -> frozenset[str]:
        claimed, known = self.claims.get(hour, (0, frozenset()))
        if claimed > mark:
            raise Superseded
        known = known or frozenset(figures)
        check_size(known, figures)
        self.claims[hour] = mark, known
        self.kept_figures[hour] = {**figures}
        return known

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        return {hour: kept for hour, kept in self.kept_figures.items() if first <= hour < end}

    def replace(
        self,
        hour: Hour,
        mark: int,
        known: frozenset[str],
        rows: Sequence[HourlyRollup],
        gone: Collection[str],
    ) -> frozenset[str]:
        if self.claims.get(hour, (0, frozenset()))[0] != mark:
            raise Superseded
        types = known.difference(gone).union(row.event_type for row in rows)
        check_size(types, self.kept_figures[hour])
        self.claims[hour] = mark, types
        stored = self.rows.setdefault(hour, {})
        stored.update({row.event_type: row for row in rows})
        for event_type in gone:
            stored.pop(event_type, None)
        return types

    def summarize(self, hour: Hour, mark: int, rows: Sequence[HourlyRollup]) -> None:
        if self.claims.get(hour, (0, frozenset()))[0] != mark:
            raise Superseded
        period = Period(hour, hour.plus(1))
        merged = [merge(row.event_type, period, [row]) for row in rows]
        self.kept_summaries[hour] = HourSummary(hour, mark, merged)

    def summaries(self, first: Hour, end: Hour) -> Mapping[Hour, HourSummary]:
        return {hour: kept for hour, kept in self.kept_summaries.items() if first <= hour < end}

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        within = [self.rows[hour] for hour in sorted(self.rows) if first <= hour < end]
        return [rows[event_type] for rows in within if event_type in rows]


def check_size(types: Iterable[str], figures: Mapping[str, Figures]) -> None:
    """Raise what DynamoDB's refusal of a claim becomes, if it would be larger than 400 KB."""
    size = sum(map(len, types)) + len(hour_figures.encoded(figures)) + CLAIM_REST_BYTES
    if size > MAX_ITEM_BYTES:
        reason = f"Item size to update has exceeded the maximum allowed size: {size} bytes"
        raise StoreUnavailable(reason)


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
class FakePartialObjects:
    bodies: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        assert not metadata
        self.bodies[key] = body

    def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.bodies if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.bodies.pop(key, None)

    def get(self, key: str) -> StoredObject:
        if key not in self.bodies:
            raise ObjectMissing(key)
        return StoredObject(self.bodies[key], "etag")

    def etag(self, key: str) -> str:
        return self.get(key).etag


@dataclass
class FakeExperimentList:
    has_any: bool = True

    def is_any(self) -> bool:
        return self.has_any


@dataclass
class FakeLiveCounts:
    counts: dict[Hour, dict[str, int]] = field(default_factory=dict)

    def records_by_type(self, hour: Hour) -> Mapping[str, int]:
        return dict(self.counts.get(hour, {}))


@dataclass
class KeptAnomaly:
    anomaly: Anomaly
    found_ms: int
    withdrawn_ms: int | None = None
    alert_id: str | None = None
    notified_ms: int | None = None
    reserved_by: str | None = None
    reserved_until: int = 0

    @property
    def is_pending(self) -> bool:
        is_standing = self.withdrawn_ms is None
        return is_standing and self.anomaly.withheld is None and self.alert_id is None


type Identity = tuple[Metric, Hour, str, Direction]


@dataclass
class FakeAnomalies:
    kept: dict[Identity, KeptAnomaly] = field(default_factory=dict)
    claims: dict[Hour, int] = field(default_factory=dict)
    judgements: dict[Hour, int] = field(default_factory=dict)

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        return {hour: mark for hour, mark in self.judgements.items() if first <= hour < end}

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return [kept.anomaly for kept in self._within(first, end) if kept.withdrawn_ms is None]

    def pending_alerts(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return [kept.anomaly for kept in self._within(first, end) if kept.is_pending]

    def claim(self, hour: Hour, mark: int) -> None:
        if self.claims.get(hour, 0) > mark:
            raise Superseded
        self.claims[hour] = mark

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        if self.claims.get(hour) != mark:
            raise Superseded
        for anomaly in found:
            kept = self.kept.setdefault(key_of(anomaly), KeptAnomaly(anomaly, at_ms))
            kept.anomaly, kept.withdrawn_ms = anomaly, None
        for anomaly in gone:
            self.kept[key_of(anomaly)].withdrawn_ms = at_ms

    def finish(self, hour: Hour, mark: int) -> None:
        if self.claims.get(hour) == mark:
            self.judgements[hour] = mark

    def reserve(self, anomaly: Anomaly, by: str, now_ms: int, until_ms: int) -> bool:
        kept = self.kept.get(key_of(anomaly))
        if kept is None or not kept.is_pending:
            return False
        if kept.reserved_by not in {None, by} and kept.reserved_until > now_ms:
            return False
        kept.reserved_by, kept.reserved_until = by, until_ms
        return True

    def notified(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        kept = self.kept[key_of(anomaly)]
        kept.alert_id, kept.notified_ms, kept.reserved_by = alert_id, at_ms, None

    def _within(self, first: Hour, end: Hour) -> Sequence[KeptAnomaly]:
        return [self.kept[key] for key in sorted(self.kept) if first <= key[1] < end]


def key_of(anomaly: Anomaly) -> Identity:
    return anomaly.metric, anomaly.hour, anomaly.event_type, anomaly.direction


@dataclass
class FakeAlerts:
    published: list[Alert] = field(default_factory=list)

    def publish(self, alert: Alert) -> None:
        self.published.append(alert)


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
