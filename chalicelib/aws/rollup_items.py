"""Hourly rollups read back from their items, and the sketches in them.

The sketches of an item: `users_hll` is `HyperLogLog.encoded`, absent where there are no users;
`latency_buckets` is `<bucket>:<count>` of each bucket in ascending order, with a space between,
absent where there is no latency.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import Unreadable
from chalicelib.model.distinct import NOBODY, HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import (
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)

_N_AMOUNTS = "n_amounts_"


def sketches_of(row: HourlyRollup) -> dict[str, Any]:
    item: dict[str, Any] = {}
    if row.unique_users:
        item["users_hll"] = {"B": row.user_sketch.encoded()}
    if row.latency:
        counts = sorted(row.latency.buckets.items())
        item["latency_buckets"] = {"S": " ".join(f"{index}:{n}" for index, n in counts)}
    return item


def rollup_of(item: Mapping[str, Any]) -> HourlyRollup:
    """Read a rollup as it was written.

    Raises:
        Unreadable: it was written by a version that kept no sketches.
    """
    n_users = _integer(item, "n_users")
    return HourlyRollup(
        event_type=item["event_type"]["S"],
        hour=Hour.parse(item["window_start"]["S"]),
        count=_integer(item, "n_events"),
        unique_users=n_users,
        user_sketch=HyperLogLog.decoded(_sketch(item, "users_hll")["B"]) if n_users else NOBODY,
        errors=_integer(item, "n_errors"),
        latency=_latency(item),
        amounts={
            name.removeprefix(_N_AMOUNTS): _amount(item, name.removeprefix(_N_AMOUNTS))
            for name in item
            if name.startswith(_N_AMOUNTS)
        },
        reconciliation=Reconciliation(
            expected=_integer(item, "n_expected") if "n_expected" in item else None,
            found=_integer(item, "n_found"),
            duplicates=_integer(item, "n_duplicates"),
        ),
    )


def _latency(item: Mapping[str, Any]) -> LatencySummary | None:
    if "n_latencies" not in item:
        return None
    pairs = (pair.split(":") for pair in _sketch(item, "latency_buckets")["S"].split())
    return LatencySummary(
        count=_integer(item, "n_latencies"),
        total_ns=_integer(item, "latency_ns"),
        minimum=_number(item, "latency_min_ms"),
        maximum=_number(item, "latency_max_ms"),
        p50=_number(item, "latency_p50_ms"),
        p90=_number(item, "latency_p90_ms"),
        p95=_number(item, "latency_p95_ms"),
        p99=_number(item, "latency_p99_ms"),
        buckets={int(index): int(count) for index, count in pairs},
    )


def _amount(item: Mapping[str, Any], currency: str) -> AmountSummary:
    return AmountSummary(
        _integer(item, f"{_N_AMOUNTS}{currency}"), _integer(item, f"amount_micros_{currency}")
    )


def _sketch(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name not in item:
        raise Unreadable(item["event_type"]["S"], item["window_start"]["S"], name)
    sketch: Mapping[str, Any] = item[name]
    return sketch


def _integer(item: Mapping[str, Any], name: str) -> int:
    return int(item[name]["N"])


def _number(item: Mapping[str, Any], name: str) -> float:
    return float(item[name]["N"])
