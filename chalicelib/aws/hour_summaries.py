"""All rows of an hour as one item, without their sketches, in the partition `_summary`.

A row's item has some 3 KB and a query of its own for each type; in a summary it has some 80 bytes.
`mark` is that of the rollup: while it is the hour's `rolled`, the summary is what the rows say.
`rows` is JSON, compressed. Hours that an earlier version rolled up have no summary.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.aws.attribute import Item, integer_of, number, text, text_of
from chalicelib.model import retention
from chalicelib.model.distinct import NOBODY
from chalicelib.model.hour import Hour
from chalicelib.model.merged import HourSummary, hour_alone
from chalicelib.model.rollup import (
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)

PARTITION = "_summary"
# An item may have 400 KB. Hundreds of types, each in hundreds of currencies, can have more.
_MAX_BYTES = 390_000


def item_of(hour: Hour, mark: int, rows: Sequence[HourlyRollup]) -> dict[str, Any] | None:
    """Return the item, or None if it would be larger than DynamoDB allows."""
    # Sums of a large hour have more than 64 bits, which orjson refuses.
    body = json.dumps([_packed(row) for row in rows], separators=(",", ":")).encode()
    packed = zlib.compress(body)
    if len(packed) > _MAX_BYTES:
        return None
    return {
        "event_type": text(PARTITION),
        "window_start": text(hour.window_start),
        "mark": number(mark),
        "rows": {"B": packed},
        "expires_at": number(retention.of_hour(hour)),
    }


def summary_of(item: Item) -> HourSummary:
    hour = Hour.of_text(text_of(item, "window_start")[:13])
    packed = json.loads(zlib.decompress(item["rows"]["B"]))
    rows = [hour_alone(_unpacked(hour, *row)) for row in packed]
    return HourSummary(hour, integer_of(item, "mark"), rows)


def _packed(row: HourlyRollup) -> list[object]:
    latency, counts = row.latency, row.reconciliation
    return [
        row.event_type,
        [row.count, row.unique_users, row.errors],
        latency
        and [
            latency.count,
            latency.total_ns,
            latency.minimum,
            latency.maximum,
            latency.p50,
            latency.p90,
            latency.p95,
            latency.p99,
        ],
        {currency: [one.count, one.total_micros] for currency, one in row.amounts.items()},
        [counts.expected, counts.found, counts.duplicates],
    ]


def _unpacked(
    hour: Hour,
    event_type: str,
    counts: Sequence[int],
    latency: Sequence[Any] | None,
    amounts: Mapping[str, Sequence[int]],
    reconciled: Sequence[Any],
) -> HourlyRollup:
    count, unique_users, errors = counts
    expected, found, duplicates = reconciled
    return HourlyRollup(
        event_type=event_type,
        hour=hour,
        count=count,
        unique_users=unique_users,
        # An hour by itself needs no sketches.
        user_sketch=NOBODY,
        errors=errors,
        latency=_latency(*latency) if latency else None,
        amounts={currency: AmountSummary(*one) for currency, one in amounts.items()},
        reconciliation=Reconciliation(expected=expected, found=found, duplicates=duplicates),
    )


def _latency(count: int, total_ns: int, *figures: float) -> LatencySummary:
    minimum, maximum, p50, p90, p95, p99 = figures
    return LatencySummary(
        count=count,
        total_ns=total_ns,
        minimum=minimum,
        maximum=maximum,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        buckets={},
    )
