"""Hourly rollups in DynamoDB: an item a type and hour, flat, with a claim beside each hour.

Attributes of a rollup, all of them safe in expressions as they are: `window_end`; `n_events`,
`n_users`, `n_errors`, `error_rate`; `n_latencies`, `latency_ns` (their sum) and `latency_min_ms`,
`_max_ms`, `_p50_ms`, `_p90_ms`, `_p95_ms`, `_p99_ms` where there is a latency; `n_amounts_EUR`
and `amount_micros_EUR` for each currency; `n_found`, `n_duplicates`, `n_expected`, `n_missing`,
the last two absent where the counters have expired; and the sketches of `rollup_items`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls, hour_figures
from chalicelib.aws.hour_range import items_between
from chalicelib.aws.number import number
from chalicelib.aws.rollup_items import sketches_of
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import AmountSummary, HourlyRollup, LatencySummary, kept_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CLAIMS = "_claim"


@dataclass(frozen=True, slots=True)
class DynamoAggregates:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoAggregates:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def claim(self, hour: Hour, mark: int, figures: Mapping[str, Figures]) -> frozenset[str]:
        with calls.fenced():
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(CLAIMS, hour),
                UpdateExpression="SET claimed = :n, figures = :f, expires_at = :e"
                " ADD event_types :types",
                # Equal to it is a claim of our own that the client has sent again.
                ConditionExpression="attribute_not_exists(claimed) OR claimed <= :n",
                ExpressionAttributeValues={
                    ":n": number(mark),
                    ":f": {"B": hour_figures.encoded(figures)},
                    ":e": number(kept_until(hour)),
                    ":types": {"SS": sorted(figures)},
                },
                ReturnValues="ALL_NEW",
            )
        return frozenset(answer["Attributes"]["event_types"]["SS"])

    def replace(
        self, hour: Hour, mark: int, rows: Sequence[HourlyRollup], gone: Collection[str]
    ) -> None:
        changes = [self._check(hour, mark)]
        changes += [{"Put": {"TableName": self.table, "Item": item_of(row)}} for row in rows]
        changes += [
            {"Delete": {"TableName": self.table, "Key": _key(event_type, hour)}}
            for event_type in gone
        ]
        with calls.fenced():
            self.client.transact_write_items(TransactItems=changes)

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        items = items_between(
            self.client,
            self.table,
            ("event_type", CLAIMS),
            first,
            end,
            # An earlier version claimed hours without.
            FilterExpression="attribute_exists(figures)",
            ProjectionExpression="window_start, figures",
        )
        return {
            Hour.parse(item["window_start"]["S"]): hour_figures.decoded(item["figures"]["B"])
            for item in items
        }

    def _check(self, hour: Hour, mark: int) -> TransactWriteItemTypeDef:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": _key(CLAIMS, hour),
                "ConditionExpression": "claimed = :n",
                "ExpressionAttributeValues": {":n": number(mark)},
            }
        }


def item_of(row: HourlyRollup) -> dict[str, Any]:
    figures = row.reconciliation
    item = _key(row.event_type, row.hour) | {
        "window_end": {"S": row.hour.window_end},
        "expires_at": number(kept_until(row.hour)),
        "n_events": number(row.count),
        "n_users": number(row.unique_users),
        "n_errors": number(row.errors),
        "error_rate": number(row.error_rate),
        "n_found": number(figures.found),
        "n_duplicates": number(figures.duplicates),
    }
    if figures.expected is not None and figures.missing is not None:
        item["n_expected"] = number(figures.expected)
        item["n_missing"] = number(figures.missing)
    return item | _latency(row.latency) | _amounts(row.amounts) | sketches_of(row)


def _latency(latency: LatencySummary | None) -> dict[str, dict[str, str]]:
    if latency is None:
        return {}
    return {
        "n_latencies": number(latency.count),
        "latency_ns": number(latency.total_ns),
        "latency_min_ms": number(latency.minimum),
        "latency_max_ms": number(latency.maximum),
        "latency_p50_ms": number(latency.p50),
        "latency_p90_ms": number(latency.p90),
        "latency_p95_ms": number(latency.p95),
        "latency_p99_ms": number(latency.p99),
    }


def _amounts(amounts: Mapping[str, AmountSummary]) -> dict[str, dict[str, str]]:
    item = {}
    for currency, amount in amounts.items():
        item[f"n_amounts_{currency}"] = number(amount.count)
        item[f"amount_micros_{currency}"] = number(amount.total_micros)
    return item


def _key(event_type: str, hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": {"S": event_type}, "window_start": {"S": hour.window_start}}
