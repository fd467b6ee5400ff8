"""What a chunk adds to the live counters, within what one transaction takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.model import live, retention
from chalicelib.model.code import Code
from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.facts import Facts
from chalicelib.model.hour import Hour
from chalicelib.model.latency import bucket_of
from chalicelib.model.ledger import CounterDelta, CounterKey
from chalicelib.model.marks import Marks
from chalicelib.process.event_counts import EventCounts
from chalicelib.process.variant_counts import Tally, VariantCounts

# A transaction takes 100 items: the counters, the ledger row and the checkpoint.
MAX_ITEMS = 98
# An update expression takes 4 KB; a term such as "amount_micros_EUR :149," takes up to 23 bytes.
MAX_TERMS = 150


@dataclass(slots=True)
class Terms:
    """The attributes that an hour's counter item is updated in.

    A minute's item has no others, so what bounds the hour's update bounds the minute's.
    """

    attributes: set[int | str | None] = field(default_factory=set)
    count: int = 0

    def take(self, bucket: int | None, currency: str | None) -> bool:
        """Make room for an event's attributes, or refuse it if the update would be too long."""
        attributes = self.attributes
        if bucket in attributes and currency in attributes:
            return True
        # A currency has both a count and a sum.
        n_new = (bucket not in attributes) + 2 * (currency not in attributes)
        if self.count + n_new > MAX_TERMS:
            return False
        attributes |= {bucket, currency}
        self.count += n_new
        return True


@dataclass(slots=True)
class Counter:
    """Counts the events of one type and minute; minutes of one hour share their terms."""

    terms: Terms
    counts: EventCounts = field(default_factory=EventCounts)

    def add(self, facts: Facts) -> bool:
        """Count an event, or refuse it because the hour's update has no room for it."""
        bucket = None if facts.latency_ms is None else bucket_of(facts.latency_ms)
        currency = None if facts.amount is None else facts.currency or NO_CURRENCY
        if not self.terms.take(bucket, currency):
            return False
        self.counts.add(facts, bucket, currency)
        return True


@dataclass(slots=True)
class Counters:
    """All counter items of a chunk.

    By type for minutes and hours, by code for the quarantine, by experiment for variants.
    """

    variants: VariantCounts = field(default_factory=VariantCounts)
    _counters: dict[tuple[str, str, bool], Counter] = field(default_factory=dict)
    _terms: dict[tuple[str, str], Terms] = field(default_factory=dict)
    _quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    _n_items: int = 0

    def open(self, event_type: str, minute: str, *, is_recent: bool) -> Counter | None:
        """Make room for a type and minute; None if there are too many items."""
        known = self._counters.get((event_type, minute, is_recent))
        if known is not None:
            return known
        hour = event_type, minute[:13]
        if not self._has_room((hour not in self._terms) + is_recent):
            return None
        terms = self._terms.setdefault(hour, Terms())
        counter = self._counters[event_type, minute, is_recent] = Counter(terms)
        return counter

    def open_variants(self, hour: str, marks: Marks) -> Tally | None:
        """Make room for the experiments of an event; None if there are too many items."""
        if not self._has_room(len(self.variants.new_items(hour, marks))):
            return None
        return self.variants.open(hour, marks)

    def add_quarantined(self, hour: str, code: Code) -> bool:
        """Count a quarantined record by its hour of arrival; False if there are too many items."""
        if not self._has_room(hour not in self._quarantined):
            return False
        codes = self._quarantined.setdefault(hour, {})
        codes[code] = codes.get(code, 0) + 1
        return True

    def deltas(self, shard: str) -> dict[CounterKey, CounterDelta]:
        """Return what to add to each counter item."""
        by_hour: dict[tuple[str, str], list[EventCounts]] = {}
        deltas = {}
        for (event_type, minute, is_recent), counter in self._counters.items():
            hour, counts = minute[:13], counter.counts
            by_hour.setdefault((event_type, hour), []).append(counts)
            if is_recent and counts.records:
                expires_at = retention.of_minutes(Hour.of_text(hour))
                key = live.minute_key(event_type, minute, shard)
                deltas[key] = CounterDelta(counts.adds(), expires_at)
        for (event_type, hour), parts in by_hour.items():
            key = live.hour_key(event_type, hour, shard)
            deltas[key] = _hourly(hour, EventCounts.merged(parts).adds())
        for hour, codes in self._quarantined.items():
            by_code = {f"n_{code}": n for code, n in sorted(codes.items())}
            key = live.quarantined_key(hour, shard)
            deltas[key] = _hourly(hour, {"n_records": sum(codes.values())} | by_code)
        return deltas | self.variants.deltas(shard)

    def _has_room(self, n_new: int) -> bool:
        if self._n_items + n_new > MAX_ITEMS:
            return False
        self._n_items += n_new
        return True


def _hourly(hour: str, adds: dict[str, int]) -> CounterDelta:
    return CounterDelta(adds, retention.of_hour(Hour.of_text(hour)))
