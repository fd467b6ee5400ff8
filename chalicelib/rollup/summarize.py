"""An hour's rows, for all event types and for each, from the lake and the counters."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from chalicelib.lake.hour_rows import HourRows
from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.facts import MICRO
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import (
    ALL_TYPES,
    OTHER_TYPES,
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)
from chalicelib.rollup import sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Codes = NDArray[np.int32]
    type Flags = NDArray[np.bool_]
    type Floats = NDArray[np.float64]
    type Positions = NDArray[np.int64]

_PERCENTILES = (50, 90, 95, 99)
_LOW_BITS = 32
_SPARSE = 16


def summarize(
    hour: Hour, rows: HourRows, counted: Mapping[str, int], kept: Container[str]
) -> list[HourlyRollup]:
    """Return the row over all types, then those of the types found in the lake or counted live.

    A type that was counted but is not in the lake is what reconciliation looks for, so it has a
    row, too. The types that are not `kept` have one row together.
    """
    # Found but never counted: the counters have expired, which differs from zero.
    is_known = bool(counted) or not len(rows)
    codes = {rows.event_type.names[code]: code for code in np.unique(rows.event_type.codes)}
    everything = np.ones(len(rows), dtype=np.bool_)
    total = sum(counted.values()) if is_known else None
    rollups = [_rollup(hour, ALL_TYPES, rows, everything, total)]
    for row, names in _names_by_row(codes.keys() | counted.keys(), kept).items():
        is_of_row = _is_any(rows.event_type.codes, [codes.get(name, -1) for name in names])
        expected = sum(counted.get(name, 0) for name in names) if is_known else None
        rollups.append(_rollup(hour, row, rows, is_of_row, expected))
    return rollups


def _names_by_row(names: Iterable[str], kept: Container[str]) -> dict[str, list[str]]:
    by_row: dict[str, list[str]] = {}
    for name in sorted(names):
        by_row.setdefault(name if name in kept else OTHER_TYPES, []).append(name)
    return by_row


def _is_any(column: Codes, codes: Sequence[int]) -> Flags:
    """Compare with one code, as nearly always, at a fraction of the cost of several."""
    return column == codes[0] if len(codes) == 1 else np.isin(column, codes)


def _rollup(
    hour: Hour, event_type: str, rows: HourRows, is_of_type: Flags, expected: int | None
) -> HourlyRollup:
    found = int(np.count_nonzero(is_of_type))
    events = np.flatnonzero(is_of_type & ~rows.is_repeat)
    users = _distinct(rows.user[events])
    return HourlyRollup(
        event_type=event_type,
        hour=hour,
        count=len(events),
        unique_users=len(users),
        user_sketch=sketches.of_hashes(rows.user_hash[users]),
        errors=int(np.count_nonzero(rows.is_error[events])),
        latency=_latency(rows.latency_ms[events]),
        amounts=_amounts(rows, events),
        reconciliation=Reconciliation(
            expected=expected, found=found, duplicates=found - len(events)
        ),
    )


def _distinct(codes: Codes) -> Positions | Codes:
    # Counting is quicker than sorting, unless few rows are spread over many codes.
    if len(codes) and int(codes.max()) < _SPARSE * len(codes):
        return np.flatnonzero(np.bincount(codes))
    return np.unique(codes)


def _latency(values: Floats) -> LatencySummary | None:
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    # Once sorted, percentiles and buckets cost almost nothing.
    values.sort()
    p50, p90, p95, p99 = np.percentile(values, _PERCENTILES, method="linear").tolist()
    return LatencySummary(
        count=len(values),
        total_ns=_total_micros(values),
        minimum=float(values[0]),
        maximum=float(values[-1]),
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        buckets=sketches.buckets_of(values),
    )


def _amounts(rows: HourRows, events: Positions) -> dict[str, AmountSummary]:
    priced = events[~np.isnan(rows.amount[events])]
    amount, code = rows.amount[priced], rows.currency.codes[priced]
    amounts: dict[str, AmountSummary] = {}
    for one in np.unique(code).tolist():
        name = NO_CURRENCY if one < 0 else rows.currency.names[one]
        values = amount[code == one]
        # Some clients send "no currency" and some send none; both mean the same.
        before = amounts.get(name, AmountSummary(0, 0))
        amounts[name] = AmountSummary(
            before.count + len(values), before.total_micros + _total_micros(values)
        )
    return amounts


def _total_micros(values: Floats) -> int:
    """Sum in millionths, each rounded as `model.facts.micros` does, exactly.

    Ten thousand of the largest amounts would overflow an int64, so halves are summed separately.
    """
    micros = np.rint(values * MICRO).astype(np.int64)
    high = int((micros >> _LOW_BITS).sum())
    low = int((micros & ((1 << _LOW_BITS) - 1)).sum())
    return (high << _LOW_BITS) + low
