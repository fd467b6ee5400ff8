"""The read side's ports in memory; the contract tests ask the same of them and of AWS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched, chain

from chalicelib.archive.quarantine_line import QuarantineLine, prefix_of, read_all
from chalicelib.model import instant, live
from chalicelib.model.about_users import place_of, sketch_at
from chalicelib.model.anomaly import KeptAnomaly, Metric
from chalicelib.model.experiment_results import Results
from chalicelib.model.experiment_verdict import KeptVerdict
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import LedgerRow
from chalicelib.model.live import LiveCount, VariantCount
from chalicelib.model.merged import HourSummary
from chalicelib.model.period import Period
from chalicelib.model.rollup import HourlyRollup, HourMark
from chalicelib.model.run import Run
from tests.fakes import FakeLedger, FakeObjects
from tests.unit.rollup.fakes import FakeAggregates, FakeAnomalies, FakeHourMarks, FakeRuns


@dataclass
class FakeRollups:
    """What rollups have left behind."""

    aggregates: FakeAggregates = field(default_factory=FakeAggregates)
    hour_marks: FakeHourMarks = field(default_factory=FakeHourMarks)
    n_read: int = 0
    # Calls for the rows of one type, and for summaries.
    n_queries: int = 0
    n_summaries: int = 0
    # An earlier version stored none.
    has_summaries: bool = True

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        self.n_queries += 1
        found = self.aggregates.rollups(event_type, first, end)
        self.n_read += len(found)
        return found

    def summaries(self, first: Hour, end: Hour) -> Mapping[Hour, HourSummary]:
        self.n_summaries += 1
        found = self.aggregates.summaries(first, end) if self.has_summaries else {}
        self.n_read += len(found)
        return found

    def event_types(self, first: Hour, end: Hour) -> Mapping[Hour, frozenset[str]]:
        claims = self.aggregates.claims
        return {hour: claims[hour][1] for hour in sorted(claims) if first <= hour < end}

    def marks(self, first: Hour, end: Hour) -> Mapping[Hour, HourMark]:
        marks = self.hour_marks.marks
        return {hour: marks[hour] for hour in sorted(marks) if first <= hour < end}

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        return self.aggregates.figures(first, end)

    def store(self, rows: Iterable[HourlyRollup], *, finished: bool = True) -> None:
        """Roll hours up to these rows, each hour as a whole."""
        by_hour: dict[Hour, list[HourlyRollup]] = {}
        for row in rows:
            by_hour.setdefault(row.hour, []).append(row)
        for hour, of_hour in by_hour.items():
            mark = self.hour_marks.begin(hour, hour.start_ms)
            figures = {row.event_type: row.figures for row in of_hour}
            known = self.aggregates.claim(hour, mark, figures)
            self.aggregates.replace(hour, mark, known, of_hour, ())
            self.aggregates.summarize(hour, mark, of_hour)
            if finished:
                self.hour_marks.finish(hour, mark)


@dataclass
class FakeMeter:
    n_started: int = 0

    def start(self) -> None:
        self.n_started += 1

    def figures(self) -> Mapping[str, float]:
        return {"items_read": self.n_started}


@dataclass
class FakeLiveCountReader:
    """The counters that a ledger was committed with."""

    ledger: FakeLedger = field(default_factory=FakeLedger)
    n_read: int = 0

    def minutes(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        return self._within("minute", first_ms, end_ms, event_types)

    def hours(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        return self._within("hour", first_ms, end_ms, event_types)

    def quarantined(self, day: Period) -> Mapping[Hour, Mapping[str, int]]:
        found: dict[Hour, Counter[str]] = {}
        for (partition, sort), counts in self.ledger.counters.items():
            of_what, _, date = partition.partition("#")
            if of_what == "quarantined" and (hour := Hour.of_text(f"{date}T{sort[:2]}")) in day:
                codes = {name[2:]: n for name, n in counts.items() if name != "n_records"}
                found.setdefault(hour, Counter()).update(codes)
        return found

    def _within(
        self, grain: str, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        found = [
            count
            for count in self._all(grain)
            if first_ms <= count.start_ms < end_ms and count.event_type != live.QUARANTINED
        ]
        self.n_read += len(found)
        return [count for count in found if not event_types or count.event_type in event_types]

    def _all(self, grain: str) -> Iterable[LiveCount]:
        for (partition, sort), counts in self.ledger.counters.items():
            of_grain, _, outer = partition.partition("#")
            parts = sort.split("#", 2)
            if of_grain == grain == "minute":
                at = f"{outer}:{parts[1]}:00.000Z"
                yield LiveCount(parts[0], instant.from_text(at), dict(counts))
            elif of_grain == grain:
                at = f"{outer}T{parts[0]}:00:00.000Z"
                yield LiveCount(parts[1], instant.from_text(at), dict(counts))


@dataclass
class FakeAnomalyReader:
    anomalies: FakeAnomalies = field(default_factory=FakeAnomalies)

    def newest(self, metric: Metric, first: str, last: str, at_once: int) -> Iterator[KeptAnomaly]:
        kept = (
            KeptAnomaly(
                anomaly=one.anomaly,
                found_at=instant.to_text(one.found_ms),
                withdrawn_at=_text(one.withdrawn_ms),
                alert_id=one.alert_id,
                alerted_at=_text(one.notified_ms),
            )
            for one in self.anomalies.kept.values()
            if one.anomaly.metric is metric
        )
        within = (one for one in kept if first <= one.key <= last)
        newest = sorted(within, key=lambda one: one.key, reverse=True)
        return chain.from_iterable(batched(newest, at_once))

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        return self.anomalies.judged(first, end)


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else instant.to_text(at_ms)


@dataclass
class FakeRunReader:
    runs: FakeRuns = field(default_factory=FakeRuns)

    def newest(self, first: str, last: str, at_once: int) -> Iterator[Run]:
        by_key = {f"{start}#{name}": run for (start, name), run in self.runs.by_key.items()}
        newest = [by_key[key] for key in sorted(by_key, reverse=True) if first <= key <= last]
        return chain.from_iterable(batched(newest, at_once))


@dataclass
class FakeLedgerReader:
    """Rows of one instant come in the order in which they were written, as they may."""

    ledger: FakeLedger = field(default_factory=FakeLedger)

    def newest(self, shard_id: str, first: str, last: str, at_once: int) -> Iterator[LedgerRow]:
        within = [
            row
            for row in self.ledger.rows
            if row.shard_id == shard_id and first <= row.processed_at <= last
        ]
        newest = sorted(within, key=lambda row: row.processed_at, reverse=True)
        return chain.from_iterable(batched(newest, at_once))

    def committed_at(self, shard_ids: Sequence[str]) -> Mapping[str, str]:
        """A commit writes its row and the checkpoint together."""
        rows = sorted(self.ledger.rows, key=lambda row: row.processed_at)
        return {
            row.shard_id: row.processed_at
            for row in rows
            if row.stage == "process" and row.shard_id in shard_ids
        }


@dataclass
class FakeQuarantineReader:
    objects: FakeObjects = field(default_factory=FakeObjects)
    n_read: int = 0

    def keys(self, hour: Hour) -> Sequence[str]:
        return self.objects.keys(prefix_of(hour))

    def records(self, key: str) -> Sequence[QuarantineLine]:
        self.n_read += 1
        return read_all(self.objects.get(key).body)


@dataclass
class FakeShardLister:
    names: Sequence[str] = ()

    def shards(self, stream: str) -> Sequence[str]:
        return [name for name in self.names if name.startswith(f"{stream}-")]


@dataclass
class FakeQueues:
    held: dict[str, int] = field(default_factory=dict)

    def messages(self, queue: str) -> int:
        return self.held.get(queue, 0)


@dataclass
class FakeVariantCounts:
    """Counters of experiments by id; each is one shard's of an hour."""

    stored: dict[str, list[VariantCount]] = field(default_factory=dict)

    def add(
        self,
        experiment_id: str,
        start_ms: int,
        users: Mapping[str, Iterable[str]] | None = None,
        **variants: tuple[int, int],
    ) -> None:
        """Count events and conversions of variants, and perhaps sketch their users."""
        count = VariantCount(
            start_ms,
            {name: events for name, (events, _) in variants.items()},
            {name: conversions for name, (_, conversions) in variants.items()},
            {name: sketch_at(map(place_of, some)) for name, some in (users or {}).items()},
        )
        self.stored.setdefault(experiment_id, []).append(count)

    def counts(self, experiment_id: str, first_ms: int, end_ms: int) -> Sequence[VariantCount]:
        some = self.stored.get(experiment_id, [])
        found = (one for one in some if first_ms <= one.start_ms < end_ms)
        return sorted(found, key=lambda one: one.start_ms)


@dataclass
class FakeResultsReader:
    """The newest results by experiment."""

    stored: dict[str, Results] = field(default_factory=dict)

    def newest(self, experiment_id: str) -> Results | None:
        return self.stored.get(experiment_id)

    def verdicts(self) -> Mapping[str, KeptVerdict]:
        return {
            name: KeptVerdict(
                verdict=one.conclusion.verdict,
                variant=one.conclusion.variant,
                sentence=one.conclusion.sentence,
                computed_at=instant.to_text(one.at_ms),
            )
            for name, one in self.stored.items()
        }
