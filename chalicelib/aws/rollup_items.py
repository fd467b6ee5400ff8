"""An hourly rollup as a flat item of DynamoDB, written and read back.

Attributes, all of them safe in expressions as they are: `window_end`; `n_events`, `n_users`,
`n_errors`, `error_rate`; `n_latencies`, `latency_ns` (their sum) and `latency_min_ms`, `_max_ms`,
`_p50_ms`, `_p90_ms`, `_p95_ms`, `_p99_ms` if there is a latency; `n_amounts_EUR` and
`amount_micros_EUR` for each currency; `n_found`, `n_duplicates`, `n_expected`, `n_missing`, the
last two absent if the counters have expired. The sketches: `users_hll` is `HyperLogLog.encoded`,
absent if there are no users; `latency_buckets` is `<bucket>:<count>` of each bucket in ascending
order, separated by spaces, absent if there is no latency. `experiment_partial` is a key in the
lake bucket, only in the row over all types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.aws.attribute import Item, integer_of, number, number_of, text, text_of
from chalicelib.errors import Unreadable
from chalicelib.model import retention
from chalicelib.model.distinct import NOBODY, HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import (
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)

PARTITION_KEY = "event_type"

PARTIAL = "experiment_partial"
_N_AMOUNTS = "n_amounts_"
_MICROS = "amount_micros_"


def key_of(event_type: str, hour: Hour) -> dict[str, dict[str, str]]:
    return {PARTITION_KEY: text(event_type), "window_start": text(hour.window_start)}


def item_of(row: HourlyRollup) -> dict[str, Any]:
    counts = row.reconciliation
    item: dict[str, Any] = key_of(row.event_type, row.hour) | {
        "window_end": text(row.hour.window_end),
        "expires_at": number(retention.of_hour(row.hour)),
        "n_events": number(row.count),
        "n_users": number(row.unique_users),
        "n_errors": number(row.errors),
        "error_rate": number(row.error_rate),
        "n_found": number(counts.found),
        "n_duplicates": number(counts.duplicates),
    }
    if counts.expected is not None and counts.missing is not None:
        item["n_expected"] = number(counts.expected)
        item["n_missing"] = number(counts.missing)
    if row.unique_users:
        item["users_hll"] = {"B": row.user_sketch.encoded()}
    if row.latency:
        item |= _latency_item(row.latency)
    if row.partial:
        item[PARTIAL] = text(row.partial)
    for currency, amount in row.amounts.items():
        item[f"{_N_AMOUNTS}{currency}"] = number(amount.count)
        item[f"{_MICROS}{currency}"] = number(amount.total_micros)
    return item


def _latency_item(latency: LatencySummary) -> dict[str, dict[str, str]]:
    buckets = sorted(latency.buckets.items())
    return {
        "n_latencies": number(latency.count),
        "latency_ns": number(latency.total_ns),
        "latency_min_ms": number(latency.minimum),
        "latency_max_ms": number(latency.maximum),
        "latency_p50_ms": number(latency.p50),
        "latency_p90_ms": number(latency.p90),
        "latency_p95_ms": number(latency.p95),
        "latency_p99_ms": number(latency.p99),
        "latency_buckets": text(" ".join(f"{index}:{n}" for index, n in buckets)),
    }


def rollup_of(item: Item) -> HourlyRollup:
    """Read a rollup as it was written.

    Raises:
        Unreadable: it was written by a version without sketches.
    """
    n_users = integer_of(item, "n_users")
    return HourlyRollup(
        event_type=text_of(item, "event_type"),
        hour=Hour.parse(text_of(item, "window_start")),
        count=integer_of(item, "n_events"),
        unique_users=n_users,
        user_sketch=HyperLogLog.decoded(_sketch(item, "users_hll")["B"]) if n_users else NOBODY,
        errors=integer_of(item, "n_errors"),
        latency=_latency(item),
        amounts={
            name.removeprefix(_N_AMOUNTS): _amount(item, name.removeprefix(_N_AMOUNTS))
            for name in item
            if name.startswith(_N_AMOUNTS)
        },
        reconciliation=Reconciliation(
            expected=integer_of(item, "n_expected") if "n_expected" in item else None,
            found=integer_of(item, "n_found"),
            duplicates=integer_of(item, "n_duplicates"),
        ),
        partial=text_of(item, PARTIAL) if PARTIAL in item else None,
    )


def _latency(item: Item) -> LatencySummary | None:
    if "n_latencies" not in item:
        return None
    pairs = (pair.split(":") for pair in _sketch(item, "latency_buckets")["S"].split())
    return LatencySummary(
        count=integer_of(item, "n_latencies"),
        total_ns=integer_of(item, "latency_ns"),
        minimum=number_of(item, "latency_min_ms"),
        maximum=number_of(item, "latency_max_ms"),
        p50=number_of(item, "latency_p50_ms"),
        p90=number_of(item, "latency_p90_ms"),
        p95=number_of(item, "latency_p95_ms"),
        p99=number_of(item, "latency_p99_ms"),
        buckets={int(index): int(count) for index, count in pairs},
    )


def _amount(item: Item, currency: str) -> AmountSummary:
    return AmountSummary(
        integer_of(item, f"{_N_AMOUNTS}{currency}"), integer_of(item, f"{_MICROS}{currency}")
    )


def _sketch(item: Item, name: str) -> Mapping[str, Any]:
    if name not in item:
        raise Unreadable(text_of(item, "event_type"), text_of(item, "window_start"), name)
    sketch: Mapping[str, Any] = item[name]
    return sketch
