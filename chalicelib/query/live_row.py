"""Live counters as an answer has them, summed over shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model import instant, latency
from chalicelib.model.live import LiveCount
from chalicelib.model.rollup import ALL_TYPES, AmountSummary
from chalicelib.query.metric_shapes import Latency, LiveRow
from chalicelib.query.metrics_row import amounts_of
from chalicelib.query.place import place_of

# `b73`, and as earlier versions have it, `latency_b73`: of an item there may be both. Looked up,
# since an answer has tens of thousands of names.
_BUCKETS = {
    f"{prefix}{bucket}": bucket
    for bucket in range(len(latency.EDGES_MS))
    for prefix in ("b", "latency_b")
}
_N_AMOUNTS = "n_amounts_"


@dataclass(frozen=True, slots=True)
class LiveTotal:
    """All that was counted of a type in a minute or hour."""

    event_type: str
    start_ms: int
    counts: Mapping[str, int]

    @property
    def records(self) -> int:
        return self.counts.get("n_records", 0)

    @property
    def place(self) -> tuple[int, int, int, str]:
        return place_of(self.start_ms, self.event_type, self.records)


def totals_of(counts: Iterable[LiveCount], wanted: frozenset[str]) -> list[LiveTotal]:
    """Add shards up, and types as well for the sum; return what is wanted, or else everything."""
    parts: dict[tuple[int, str], list[Mapping[str, int]]] = {}
    for count in counts:
        for event_type in (count.event_type, ALL_TYPES):
            if not wanted or event_type in wanted:
                parts.setdefault((count.start_ms, event_type), []).append(count.counts)
    totals = [
        LiveTotal(event_type, start, _sum_of(some)) for (start, event_type), some in parts.items()
    ]
    return sorted(totals, key=lambda total: total.place)


def _sum_of(parts: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    # Most types are counted by one shard.
    if len(parts) == 1:
        return parts[0]
    total: dict[str, int] = {}
    for part in parts:
        for name, n in part.items():
            total[name] = total.get(name, 0) + n
    return total


def row_of(total: LiveTotal, grain_ms: int) -> LiveRow:
    errors = total.counts.get("n_errors", 0)
    return {
        "event_type": total.event_type,
        "from": instant.to_text(total.start_ms),
        "to": instant.to_text(total.start_ms + grain_ms),
        "records": total.records,
        "errors": errors,
        "error_rate": errors / total.records if total.records else 0.0,
        "latency": _latency(total.counts),
        "amounts": amounts_of(_amounts(total.counts)),
    }


def _latency(counts: Mapping[str, int]) -> Latency | None:
    buckets = Counter[int]()
    for name, n in counts.items():
        if (bucket := _BUCKETS.get(name)) is not None:
            buckets[bucket] += n
    if not buckets:
        return None
    n_latencies = sum(buckets.values())
    p50, p90, p95, p99 = latency.quantiles(buckets, (0.5, 0.9, 0.95, 0.99))
    return {
        "count": n_latencies,
        "mean_ms": counts.get("latency_ns", 0) / n_latencies / 1e6,
        "p50_ms": p50,
        "p90_ms": p90,
        "p95_ms": p95,
        "p99_ms": p99,
        "relative_error": latency.RELATIVE_ERROR,
    }


def _amounts(counts: Mapping[str, int]) -> dict[str, AmountSummary]:
    currencies = [name.removeprefix(_N_AMOUNTS) for name in counts if name.startswith(_N_AMOUNTS)]
    return {
        currency: AmountSummary(
            counts[f"{_N_AMOUNTS}{currency}"], counts.get(f"amount_micros_{currency}", 0)
        )
        for currency in currencies
    }
