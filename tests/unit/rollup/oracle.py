"""What an hour's rows must be, worked out row by row from a plain list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.facts import micros
from chalicelib.model.hour import Hour
from chalicelib.model.latency import bucket_of
from chalicelib.model.rollup import (
    ALL_TYPES,
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)
from tests.unit.lake.oracle import hash_of
from tests.unit.rollup.builders import Row


def rollups_of(
    hour: Hour, rows: Sequence[Row], counted: Mapping[str, int]
) -> dict[str, HourlyRollup]:
    events = list(first_of_each(rows))
    is_known = bool(counted) or not rows
    found = Counter(row["event_type"] for row in rows)
    by_type = {
        name: _rollup(
            hour,
            name,
            [event for event in events if event["event_type"] == name],
            found[name],
            counted.get(name, 0) if is_known else None,
        )
        for name in found.keys() | counted.keys()
    }
    total = sum(counted.values()) if is_known else None
    return {ALL_TYPES: _rollup(hour, ALL_TYPES, events, len(rows), total)} | by_type


def first_of_each(rows: Iterable[Row]) -> Iterable[Row]:
    best: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row["user_id"], row["event_id"]
        if key not in best or _order(row) < _order(best[key]):
            best[key] = row
    return best.values()


def _order(row: Row) -> tuple[object, ...]:
    return (
        row["ingested_at"],
        row["kinesis_stream"],
        row["kinesis_shard_id"],
        row["kinesis_sequence_number"],
    )


def _rollup(
    hour: Hour, event_type: str, events: Sequence[Row], found: int, expected: int | None
) -> HourlyRollup:
    users = {event["user_id"] for event in events}
    return HourlyRollup(
        event_type=event_type,
        hour=hour,
        count=len(events),
        unique_users=len(users),
        user_sketch=HyperLogLog.of(map(hash_of, users)),
        errors=sum(event["is_error"] for event in events),
        latency=_latency([e["latency_ms"] for e in events if e["latency_ms"] is not None]),
        amounts=_amounts(events),
        reconciliation=Reconciliation(
            expected=expected, found=found, duplicates=found - len(events)
        ),
    )


def _latency(values: Sequence[float]) -> LatencySummary | None:
    if not values:
        return None
    p50, p90, p95, p99 = (float(value) for value in np.percentile(values, [50, 90, 95, 99]))
    return LatencySummary(
        count=len(values),
        total_ns=sum(micros(value) for value in values),
        minimum=min(values),
        maximum=max(values),
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        buckets=Counter(map(bucket_of, values)),
    )


def _amounts(events: Sequence[Row]) -> dict[str, AmountSummary]:
    amounts: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event["amount"] is not None:
            amounts[event["currency"] or NO_CURRENCY].append(micros(event["amount"]))
    return {name: AmountSummary(len(all_), sum(all_)) for name, all_ in amounts.items()}
