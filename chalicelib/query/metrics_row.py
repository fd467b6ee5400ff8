"""A merged rollup as an answer has it."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.model import instant
from chalicelib.model.facts import MICRO
from chalicelib.model.merged import MergedRollup
from chalicelib.model.rollup import AmountSummary, LatencySummary
from chalicelib.query.metric_shapes import Amount, Latency, MetricsRow


def row_of(merged: MergedRollup, *, is_final: bool = False) -> MetricsRow:
    return {
        "event_type": merged.event_type,
        "from": instant.to_text(merged.period.first.start_ms),
        "to": instant.to_text(merged.period.end.start_ms),
        "final": is_final,
        "hours": len(merged.hours),
        "events": merged.count,
        "users": merged.unique_users,
        "users_relative_error": merged.unique_users_error,
        "errors": merged.errors,
        "error_rate": merged.error_rate,
        "latency": _latency(merged.latency, merged.latency_error),
        "amounts": amounts_of(merged.amounts),
        "reconciliation": {
            "expected": merged.expected,
            "found": merged.found,
            "duplicates": merged.duplicates,
            "missing": merged.missing,
        },
    }


def _latency(latency: LatencySummary | None, error: float) -> Latency | None:
    if latency is None:
        return None
    return {
        "count": latency.count,
        "mean_ms": latency.total_ns / latency.count / 1e6,
        "min_ms": latency.minimum,
        "max_ms": latency.maximum,
        "p50_ms": latency.p50,
        "p90_ms": latency.p90,
        "p95_ms": latency.p95,
        "p99_ms": latency.p99,
        "relative_error": error,
    }


def amounts_of(amounts: Mapping[str, AmountSummary]) -> dict[str, Amount]:
    return {
        currency: {
            "count": amount.count,
            "total_micros": amount.total_micros,
            "total": amount.total_micros / MICRO,
        }
        for currency, amount in sorted(amounts.items())
    }
