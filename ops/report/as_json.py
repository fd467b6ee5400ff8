"""A report as JSON."""

from __future__ import annotations

from chalicelib.model.merged import MergedRollup
from chalicelib.model.rollup import LatencySummary
from chalicelib.query.gather import Report


def as_json(report: Report) -> dict[str, object]:
    return {
        "from": report.period.first.window_start,
        "to": report.period.end.window_start,
        "by": report.by,
        "absent_hours": [hour.window_start for hour in report.absent],
        "rollups": [_row(row) for row in report.rows],
    }


def _row(row: MergedRollup) -> dict[str, object]:
    return {
        "event_type": row.event_type,
        "from": row.period.first.window_start,
        "to": row.period.end.window_start,
        "hours": len(row.hours),
        "events": row.count,
        "unique_users": row.unique_users,
        "unique_users_standard_error": row.unique_users_error,
        "errors": row.errors,
        "error_rate": row.error_rate,
        "latency": None if row.latency is None else _latency(row.latency, row.latency_error),
        "amounts": {
            currency: {"count": amount.count, "total_micros": amount.total_micros}
            for currency, amount in row.amounts.items()
        },
        "expected": row.expected,
        "found": row.found,
        "duplicates": row.duplicates,
        "missing": row.missing,
    }


def _latency(latency: LatencySummary, error: float) -> dict[str, object]:
    return {
        "count": latency.count,
        "mean_ms": latency.total_ns / latency.count / 1e6,
        "min_ms": latency.minimum,
        "max_ms": latency.maximum,
        "p50_ms": latency.p50,
        "p90_ms": latency.p90,
        "p95_ms": latency.p95,
        "p99_ms": latency.p99,
        "percentiles_relative_error": error,
    }
