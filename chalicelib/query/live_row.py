"""Live counters as an answer has them, summed over shards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import filterfalse
from operator import itemgetter
from typing import NamedTuple

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


class LiveTotal(NamedTuple):
    """All that was counted of a type in a minute or hour; `place` is that of its row."""

    place: tuple[int, int, int, str]
    counts: Mapping[str, int]


def totals_of(counts: Iterable[LiveCount], wanted: frozenset[str]) -> list[LiveTotal]:
    """Add shards up, and types as well for the sum; return what is wanted, or else everything."""
    parts: dict[tuple[int, str], list[Mapping[str, int]]] = {}
    for event_type, start_ms, numbers in counts:
        for name in (event_type, ALL_TYPES):
            if not wanted or name in wanted:
                parts.setdefault((start_ms, name), []).append(numbers)
    totals = [_total(start_ms, name, some) for (start_ms, name), some in parts.items()]
    return sorted(totals, key=itemgetter(0))


def _total(start_ms: int, event_type: str, parts: Sequence[Mapping[str, int]]) -> LiveTotal:
    counts = _sum_of(parts)
    return LiveTotal(place_of(start_ms, event_type, counts.get("n_records", 0)), counts)


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
    (start_ms, _, _, event_type), counts = total
    records, errors = counts.get("n_records", 0), counts.get("n_errors", 0)
    first, end = _bounds(start_ms, grain_ms)
    return {
        "event_type": event_type,
        "from": first,
        "to": end,
        "records": records,
        "errors": errors,
        "error_rate": errors / records if records else 0.0,
        "latency": _latency(counts),
        "amounts": amounts_of(_amounts(counts)),
    }


# All types of a minute have the same.
@lru_cache(maxsize=128)
def _bounds(start_ms: int, grain_ms: int) -> tuple[str, str]:
    return instant.to_text(start_ms), instant.to_text(start_ms + grain_ms)


def _latency(counts: Mapping[str, int]) -> Latency | None:
    buckets: dict[int, int] = {}
    for name in counts.keys() & _BUCKETS.keys():
        bucket = _BUCKETS[name]
        buckets[bucket] = buckets.get(bucket, 0) + counts[name]
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
    names = filterfalse(_BUCKETS.__contains__, counts)
    currencies = [name.removeprefix(_N_AMOUNTS) for name in names if name.startswith(_N_AMOUNTS)]
    return {
        currency: AmountSummary(
            counts[f"{_N_AMOUNTS}{currency}"], counts.get(f"amount_micros_{currency}", 0)
        )
        for currency in currencies
    }
