"""How long rows are kept: the `expires_at` of each kind, in epoch seconds."""

from __future__ import annotations

from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS

MINUTE_DAYS = 3
LEDGER_DAYS = 30
HOURLY_DAYS = 400
# Longer than the claim: a count that started over could never claim the hour again.
MARK_DAYS = HOURLY_DAYS + 30


def of_hour(hour: Hour) -> int:
    """Return until when what belongs to an hour is kept: counters, rollups, claims, anomalies."""
    return _after(hour.start_ms + HOUR_MS, HOURLY_DAYS)


def of_mark(hour: Hour) -> int:
    return _after(hour.start_ms + HOUR_MS, MARK_DAYS)


def of_minutes(hour: Hour) -> int:
    """Return until when the counters of an hour's minutes are kept."""
    return _after(hour.start_ms + HOUR_MS, MINUTE_DAYS)


def of_run(started_ms: int) -> int:
    return _after(started_ms, HOURLY_DAYS)


def of_ledger_row(processed_ms: int) -> int:
    return _after(processed_ms, LEDGER_DAYS)


def _after(epoch_ms: int, days: int) -> int:
    return (epoch_ms + days * DAY_MS) // 1000
