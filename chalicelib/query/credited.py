"""Credits by group as they are shown: conversions, shares, revenue and rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from chalicelib.model.attribution_report import OTHERS, UNATTRIBUTED, WHOLE_CREDIT, GroupRow
from chalicelib.model.facts import MICRO
from chalicelib.query.attribution_shapes import (
    AllCheckouts,
    Credited,
    CreditedGroup,
    OtherGroups,
    Revenue,
    TimeToConversion,
    Unattributed,
)

type Rows = Sequence[GroupRow]


def groups_of(rows: Rows) -> list[CreditedGroup]:
    shown = sorted((row for row in rows if row.place > OTHERS), key=lambda row: row.place)
    return [{"group": row.name or None, **_credited(row, rows)} for row in shown]


def other_of(rows: Rows) -> OtherGroups | None:
    n_shown = sum(row.place > OTHERS for row in rows)
    others = next((row for row in rows if row.place == OTHERS), None)
    if others is None:
        return None
    return {"groups": others.n_groups - n_shown, **_credited(others, rows)}


def unattributed_of(rows: Rows) -> Unattributed:
    [row] = (row for row in rows if row.place == UNATTRIBUTED)
    return {
        "conversions": _checkouts(row.credit_nanos),
        "share": _share(row, rows),
        "final_conversions": _checkouts(row.final_nanos),
        "revenue": _revenue(row.revenue_micros),
    }


def total_of(rows: Rows) -> AllCheckouts:
    """Add everything up: as credits are exact, so are the sums."""
    revenue: Counter[str] = Counter()
    for row in rows:
        revenue.update(row.revenue_micros)
    return {
        "checkouts": sum(row.credit_nanos for row in rows) // WHOLE_CREDIT,
        "final_checkouts": sum(row.final_nanos for row in rows) // WHOLE_CREDIT,
        "revenue": _revenue(revenue),
        "clicks": sum(row.clicks for row in rows),
        "groups": max(row.n_groups for row in rows),
    }


def _credited(row: GroupRow, rows: Rows) -> Credited:
    conversions = _checkouts(row.credit_nanos)
    return {
        "conversions": conversions,
        "share": _share(row, rows),
        "final_conversions": _checkouts(row.final_nanos),
        "revenue": _revenue(row.revenue_micros),
        "clicks": row.clicks,
        "conversion_rate": round(conversions / row.clicks, 6) if row.clicks else None,
        "time_to_conversion": _time(row),
    }


def _checkouts(nanos: int) -> float:
    return nanos / WHOLE_CREDIT


def _share(row: GroupRow, rows: Rows) -> float:
    whole = sum(each.credit_nanos for each in rows)
    return round(row.credit_nanos / whole, 6) if whole else 0.0


def _revenue(micros: Mapping[str, int]) -> dict[str, Revenue]:
    return {
        currency: {"total_micros": total, "total": total / MICRO}
        for currency, total in sorted(micros.items())
    }


def _time(row: GroupRow) -> TimeToConversion | None:
    if row.median_s is None or row.p90_s is None:
        return None
    return {"median_s": row.median_s, "p90_s": row.p90_s}
