"""Cut a shard's outcomes into chunks, each of which commits in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.archive.judge_record import Accepted, Outcome, Quarantined
from chalicelib.model import live
from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.latency import bucket_of
from chalicelib.model.ledger import CounterDelta, CounterKey
from chalicelib.process.tally import Tally

# A transaction takes 100 items: the counters, the ledger row and the checkpoint.
MAX_COUNTERS = 98
# An update expression takes 4 KB; a term such as "amount_micros_EUR :149," takes up to 23 bytes.
MAX_TERMS = 150

MINUTE_EXPIRY_MS = 3 * DAY_MS
HOUR_EXPIRY_MS = 400 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one object: its lines together, before compression."""

    max_bytes: int = 5_000_000
    max_records: int = 10_000


@dataclass(slots=True)
class Group:
    """One object's lines, and the attributes that they touch in their hour's counter item.

    A minute's item has no others, so what bounds the hour's update bounds the minute's.
    """

    first_sequence: str
    n_lines: int = 0
    # Lines go straight into it: 10,000 kept apart would cost more than they do here.
    body: bytearray = field(default_factory=bytearray)
    attributes: set[int | str | None] = field(default_factory=set)
    n_terms: int = 0


class Slot(NamedTuple):
    """Where the events of one type and minute go."""

    group: Group
    tally: Tally


@dataclass(slots=True)
class Chunk:
    """Grows record by record until the next one would break a limit.

    A group is never split over two objects within a chunk, so every object's first record is the
    first of its group above the checkpoint, however the batch was cut.
    """

    limits: Limits
    first_sequence: str = ""
    last_sequence: str = ""
    accepted: dict[tuple[str, str], Group] = field(default_factory=dict)
    quarantined: dict[str, Group] = field(default_factory=dict)
    codes: dict[tuple[str, str], int] = field(default_factory=dict)
    _slots: dict[tuple[str, str, bool], Slot] = field(default_factory=dict)
    _n_counters: int = 0

    def take(self, outcome: Outcome) -> bool:
        """Take the next record, or refuse it because the chunk is full."""
        taken = (
            self._accept(outcome) if isinstance(outcome, Accepted) else self._quarantine(outcome)
        )
        if taken:
            self.first_sequence = self.first_sequence or outcome.sequence
            self.last_sequence = outcome.sequence
        return taken

    @property
    def n_accepted(self) -> int:
        return sum(group.n_lines for group in self.accepted.values())

    @property
    def n_quarantined(self) -> int:
        return sum(self.codes.values())

    def counters(self, shard: str) -> dict[CounterKey, CounterDelta]:
        """Return what the chunk adds to each counter item."""
        by_hour: dict[tuple[str, str], list[Tally]] = {}
        deltas = {}
        for (event_type, minute, is_recent), (_, tally) in self._slots.items():
            by_hour.setdefault((event_type, minute[:13]), []).append(tally)
            if is_recent and tally.records:
                expires_at = _expiry(minute[:13], MINUTE_EXPIRY_MS)
                key = live.minute_key(event_type, minute, shard)
                deltas[key] = CounterDelta(tally.adds(), expires_at)
        for (event_type, hour), tallies in by_hour.items():
            adds = Tally.merged(tallies).adds()
            key = live.hour_key(event_type, hour, shard)
            deltas[key] = CounterDelta(adds, _expiry(hour, HOUR_EXPIRY_MS))
        for hour in self.quarantined:
            codes = {f"n_{code}": n for (at, code), n in sorted(self.codes.items()) if at == hour}
            adds = {"n_records": sum(codes.values())} | codes
            key = live.hour_key(live.QUARANTINED, hour, shard)
            deltas[key] = CounterDelta(adds, _expiry(hour, HOUR_EXPIRY_MS))
        return deltas

    def _accept(self, outcome: Accepted) -> bool:
        facts, line = outcome.facts, outcome.line
        slot = self._slots.get((outcome.event_type, outcome.minute, outcome.is_recent))
        if slot is None:
            slot = self._new_slot(outcome)
        if slot is None:
            return False
        group, tally = slot
        bucket = None if facts.latency_ms is None else bucket_of(facts.latency_ms)
        currency = None if facts.amount is None else facts.currency or NO_CURRENCY
        if not self._fits(group, line):
            return False
        attributes = group.attributes
        if bucket not in attributes or currency not in attributes:
            # Of a currency both count and sum are kept.
            n_new = (bucket not in attributes) + 2 * (currency not in attributes)
            if group.n_terms + n_new > MAX_TERMS:
                return False
            attributes |= {bucket, currency}
            group.n_terms += n_new
        group.n_lines += 1
        group.body += line
        tally.add(facts, bucket, currency)
        return True

    def _new_slot(self, outcome: Accepted) -> Slot | None:
        """Make room for a type and minute not met before, or refuse for want of counters."""
        kind = outcome.event_type, outcome.minute[:13]
        group = self.accepted.get(kind)
        n_new = (group is None) + outcome.is_recent
        if self._n_counters + n_new > MAX_COUNTERS:
            return None
        self._n_counters += n_new
        if group is None:
            group = self.accepted[kind] = Group(outcome.sequence)
        slot = Slot(group, Tally())
        self._slots[outcome.event_type, outcome.minute, outcome.is_recent] = slot
        return slot

    def _quarantine(self, outcome: Quarantined) -> bool:
        group = self.quarantined.get(outcome.hour)
        n_new = group is None
        if self._n_counters + n_new > MAX_COUNTERS:
            return False
        if group is None:
            group = Group(outcome.sequence)
        if not self._fits(group, outcome.line):
            return False
        self._n_counters += n_new
        self.quarantined[outcome.hour] = group
        group.n_lines += 1
        group.body += outcome.line
        code = outcome.hour, str(outcome.code)
        self.codes[code] = self.codes.get(code, 0) + 1
        return True

    def _fits(self, group: Group, line: bytes) -> bool:
        """Say whether a line fits; the first always does, or a large one would never pass."""
        return not group.n_lines or (
            group.n_lines < self.limits.max_records
            and len(group.body) + len(line) <= self.limits.max_bytes
        )


def cut(outcomes: Iterable[Outcome], limits: Limits) -> Iterator[Chunk]:
    """Cut outcomes into chunks, each yielded before the next one is begun."""
    chunk = Chunk(limits)
    for outcome in outcomes:
        if not chunk.take(outcome):
            yield chunk
            chunk = Chunk(limits)
            chunk.take(outcome)
    if chunk.last_sequence:
        yield chunk


def _expiry(hour: str, after_ms: int) -> int:
    return (Hour.of_text(hour).start_ms + HOUR_MS + after_ms) // 1000
