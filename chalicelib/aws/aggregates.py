"""Hourly rollups in DynamoDB: an item a type and hour, flat, with a claim beside each hour.

Attributes of a rollup, all of them safe in expressions as they are: `window_end`; `n_events`,
`n_users`, `n_errors`, `error_rate`; `n_latencies`, `latency_ns` (their sum) and `latency_min_ms`,
`_max_ms`, `_p50_ms`, `_p90_ms`, `_p95_ms`, `_p99_ms` where there is a latency; `n_amounts_EUR`
and `amount_micros_EUR` for each currency; `n_found`, `n_duplicates`, `n_expected`, `n_missing`,
the last two absent where the counters have expired.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.errors import StoreUnavailable, Superseded
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import AmountSummary, HourlyRollup, LatencySummary, kept_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CLAIMS = "_claim"

# DynamoDB refuses numbers nearer to zero than 1E-130.
_TINY = 1e-100


@dataclass(frozen=True, slots=True)
class DynamoAggregates:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoAggregates:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def claim(self, hour: Hour, mark: int, event_types: Collection[str]) -> frozenset[str]:
        try:
            with calls.translated():
                answer = self.client.update_item(
                    TableName=self.table,
                    Key=_key(CLAIMS, hour),
                    UpdateExpression="SET claimed = :n, expires_at = :e ADD event_types :types",
                    # Equal to it is a claim of our own that the client has sent again.
                    ConditionExpression="attribute_not_exists(claimed) OR claimed <= :n",
                    ExpressionAttributeValues={
                        ":n": _number(mark),
                        ":e": _number(kept_until(hour)),
                        ":types": {"SS": sorted(event_types)},
                    },
                    ReturnValues="ALL_NEW",
                )
        except StoreUnavailable as error:
            if calls.is_refused(error):
                raise Superseded from error
            raise
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
        try:
            with calls.translated():
                self.client.transact_write_items(TransactItems=changes)
        except StoreUnavailable as error:
            if calls.is_refused(error):
                raise Superseded from error
            raise

    def _check(self, hour: Hour, mark: int) -> TransactWriteItemTypeDef:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": _key(CLAIMS, hour),
                "ConditionExpression": "claimed = :n",
                "ExpressionAttributeValues": {":n": _number(mark)},
            }
        }


def item_of(row: HourlyRollup) -> dict[str, Any]:
    figures = row.reconciliation
    item = _key(row.event_type, row.hour) | {
        "window_end": {"S": row.hour.window_end},
        "expires_at": _number(kept_until(row.hour)),
        "n_events": _number(row.count),
        "n_users": _number(row.unique_users),
        "n_errors": _number(row.errors),
        "error_rate": _number(row.error_rate),
        "n_found": _number(figures.found),
        "n_duplicates": _number(figures.duplicates),
    }
    if figures.expected is not None and figures.missing is not None:
        item["n_expected"] = _number(figures.expected)
        item["n_missing"] = _number(figures.missing)
    return item | _latency(row.latency) | _amounts(row.amounts)


def _latency(latency: LatencySummary | None) -> dict[str, dict[str, str]]:
    if latency is None:
        return {}
    return {
        "n_latencies": _number(latency.count),
        "latency_ns": _number(latency.total_ns),
        "latency_min_ms": _number(latency.minimum),
        "latency_max_ms": _number(latency.maximum),
        "latency_p50_ms": _number(latency.p50),
        "latency_p90_ms": _number(latency.p90),
        "latency_p95_ms": _number(latency.p95),
        "latency_p99_ms": _number(latency.p99),
    }


def _amounts(amounts: Mapping[str, AmountSummary]) -> dict[str, dict[str, str]]:
    item = {}
    for currency, amount in amounts.items():
        item[f"n_amounts_{currency}"] = _number(amount.count)
        item[f"amount_micros_{currency}"] = _number(amount.total_micros)
    return item


def _number(value: float) -> dict[str, str]:
    """Write a number so that a double comes back as it was."""
    return {"N": repr(value) if abs(value) > _TINY else "0"}


def _key(event_type: str, hour: Hour) -> dict[str, dict[str, str]]:
    return {"event_type": {"S": event_type}, "window_start": {"S": hour.window_start}}
