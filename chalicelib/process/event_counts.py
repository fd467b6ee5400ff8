"""Live counters of one event type in one minute, and what they add to the metrics table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.model.facts import Facts, micros


@dataclass(slots=True)
class EventCounts:
    """Only integers, so that the order in which records are added makes no difference."""

    records: int = 0
    errors: int = 0
    latency_ns: int = 0
    latency_buckets: dict[int, int] = field(default_factory=dict)
    amounts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, facts: Facts, bucket: int | None, currency: str | None) -> None:
        latency_ms, amount, _, _, is_error = facts
        self.records += 1
        self.errors += is_error
        if bucket is not None and latency_ms is not None:
            # A millionth of a millisecond is a nanosecond.
            self.latency_ns += micros(latency_ms)
            self.latency_buckets[bucket] = self.latency_buckets.get(bucket, 0) + 1
        if currency is not None and amount is not None:
            count, total = self.amounts.get(currency, (0, 0))
            self.amounts[currency] = count + 1, total + micros(amount)

    @classmethod
    def merged(cls, parts: Iterable[EventCounts]) -> EventCounts:
        whole = cls()
        for part in parts:
            whole.records += part.records
            whole.errors += part.errors
            whole.latency_ns += part.latency_ns
            for bucket, count in part.latency_buckets.items():
                whole.latency_buckets[bucket] = whole.latency_buckets.get(bucket, 0) + count
            for currency, (count, total) in part.amounts.items():
                counted, summed = whole.amounts.get(currency, (0, 0))
                whole.amounts[currency] = counted + count, summed + total
        return whole

    def adds(self) -> dict[str, int]:
        """Return the numbers to add, by attribute; the names are safe in expressions.

        >>> EventCounts(records=2, errors=1).adds()
        {'n_records': 2, 'n_errors': 1}
        """
        adds = {"n_records": self.records, "n_errors": self.errors}
        if self.latency_buckets:
            adds["n_latencies"] = sum(self.latency_buckets.values())
            adds["latency_ns"] = self.latency_ns
        # An hour has dozens of them, and DynamoDB bills an item by its names, too.
        adds |= {f"b{index}": n for index, n in sorted(self.latency_buckets.items())}
        for currency, (count, total) in sorted(self.amounts.items()):
            adds |= {f"n_amounts_{currency}": count, f"amount_micros_{currency}": total}
        return adds
