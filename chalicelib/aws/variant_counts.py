"""Live counters of experiments' variants, read from DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.attribute import text_of
from chalicelib.aws.reads import LAST, Table
from chalicelib.aws.user_sketches import sketches_of
from chalicelib.model import instant, live
from chalicelib.model.hour import Hour
from chalicelib.model.live import VariantCount


@dataclass(frozen=True, slots=True)
class DynamoVariantCounts:
    table: Table

    def counts(self, experiment_id: str, first_ms: int, end_ms: int) -> Sequence[VariantCount]:
        first, last = (instant.to_text(ms)[:13] for ms in (first_ms, end_ms - 1))
        partition = live.variant_key(experiment_id, "", "").partition_key
        items = self.table.between(
            ("partition_key", partition), ("sort_key", first, f"{last}{LAST}")
        )
        return [_count_of(item) for item in items]


def _count_of(item: Mapping[str, Any]) -> VariantCount:
    start = Hour.of_text(text_of(item, "sort_key")[:13])
    return VariantCount(
        start.start_ms,
        _numbers(item, live.VARIANT_EVENTS),
        _numbers(item, live.VARIANT_CONVERSIONS),
        {
            name.removeprefix(live.VARIANT_USERS): sketch
            for name, sketch in sketches_of(item).items()
        },
    )


def _numbers(item: Mapping[str, Any], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): int(value["N"])
        for name, value in item.items()
        if name.startswith(prefix)
    }
