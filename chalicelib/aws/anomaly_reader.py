"""Anomalies with what became of them, read from DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.anomalies import PARTITION_KEY, anomaly_of
from chalicelib.aws.claims import CLAIMS
from chalicelib.aws.reads import Table
from chalicelib.model.anomaly import KeptAnomaly, Metric
from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True)
class DynamoAnomalyReader:
    table: Table

    def newest(self, metric: Metric, first: str, last: str, at_once: int) -> Iterator[KeptAnomaly]:
        return map(
            kept_of,
            self.table.newest((PARTITION_KEY, metric), ("window_start", first, last), at_once),
        )

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        return {
            Hour.of_text(item["window_start"]["S"][:13]): int(item["judged"]["N"])
            for item in self.table.hours((PARTITION_KEY, CLAIMS), first, end)
            if "judged" in item
        }


def kept_of(item: Mapping[str, Any]) -> KeptAnomaly:
    text = {name: item[name]["S"] for name in _TEXTS if name in item}
    return KeptAnomaly(anomaly=anomaly_of(item), **text)


_TEXTS = ("found_at", "withdrawn_at", "alert_id", "alerted_at")
