"""Anomalies in DynamoDB: a partition a metric, in order of time, and the fences of judgements.

Attributes of an anomaly: `metric` and `window_start`, which is the hour and, each after a `#`,
event type and direction; `event_type`, `direction`, `observed`, `expected`, `scale`, `score`,
`threshold`, `baseline`, `n_history`; `found_at`; `withheld` if nobody is to be told; `alert_id`
and `alerted_at` once people were told; `withdrawn_at` if it was not found again. In the partition
`_judged` an hour has `claimed` and `judged`, the marks of the rollups that were judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.aws.hour_range import items_between
from chalicelib.aws.number import number
from chalicelib.errors import StoreUnavailable, Superseded
from chalicelib.model import instant
from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric, Withheld
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import kept_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

FENCES = "_judged"

_NUMBERS = ("observed", "expected", "scale", "score", "threshold")
_STANDING = "attribute_not_exists(withdrawn_at)"
_UNTOLD = f"{_STANDING} AND attribute_not_exists(withheld) AND attribute_not_exists(alerted_at)"


@dataclass(frozen=True, slots=True)
class DynamoAnomalies:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoAnomalies:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        fences = items_between(self.client, self.table, ("metric", FENCES), first, end)
        return {
            Hour.parse(item["window_start"]["S"]): int(item["judged"]["N"])
            for item in fences
            if "judged" in item
        }

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return self._anomalies(first, end, _STANDING)

    def untold(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return self._anomalies(first, end, _UNTOLD)

    def _anomalies(self, first: Hour, end: Hour, condition: str) -> Sequence[Anomaly]:
        return [
            anomaly_of(item)
            for metric in Metric
            for item in items_between(
                self.client, self.table, ("metric", metric), first, end, FilterExpression=condition
            )
        ]

    def claim(self, hour: Hour, mark: int) -> None:
        self._set_fence(
            hour,
            mark,
            "SET claimed = :n, expires_at = :e",
            "attribute_not_exists(claimed) OR claimed <= :n",
            {":e": number(kept_until(hour))},
        )

    def finish(self, hour: Hour, mark: int) -> None:
        with suppress(Superseded):
            self._set_fence(hour, mark, "SET judged = :n", "claimed = :n", {})

    def _set_fence(
        self, hour: Hour, mark: int, update: str, condition: str, more: Mapping[str, Any]
    ) -> None:
        with calls.fenced():
            self.client.update_item(
                TableName=self.table,
                Key=_key(FENCES, hour.window_start),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={":n": number(mark), **more},
            )

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        at = {"S": instant.to_text(at_ms)}
        changes = [self._check(hour, mark)]
        changes += [self._write(anomaly, at) for anomaly in found]
        changes += [
            self._change(anomaly, "SET withdrawn_at = :at", {":at": at}) for anomaly in gone
        ]
        with calls.fenced():
            self.client.transact_write_items(TransactItems=changes)

    def _check(self, hour: Hour, mark: int) -> TransactWriteItemTypeDef:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": _key(FENCES, hour.window_start),
                "ConditionExpression": "claimed = :n",
                "ExpressionAttributeValues": {":n": number(mark)},
            }
        }

    def _write(self, anomaly: Anomaly, at: dict[str, str]) -> TransactWriteItemTypeDef:
        """Set what was found now and nothing else: what people were told stays."""
        attributes = attributes_of(anomaly)
        withheld = {"withheld"} - attributes.keys()
        sets = [f"{name} = :{name}" for name in attributes]
        update = f"SET {', '.join(sets)}, found_at = if_not_exists(found_at, :at)"
        update += f" REMOVE {', '.join(['withdrawn_at', *withheld])}"
        values = {f":{name}": value for name, value in attributes.items()} | {":at": at}
        return self._change(anomaly, update, values)

    def _change(
        self, anomaly: Anomaly, update: str, values: Mapping[str, Any]
    ) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self.table,
                "Key": _key_of(anomaly),
                "UpdateExpression": update,
                "ExpressionAttributeValues": {**values},
            }
        }

    def reserve(self, anomaly: Anomaly, by: str, now_ms: int, until_ms: int) -> bool:
        try:
            with calls.translated():
                self.client.update_item(
                    TableName=self.table,
                    Key=_key_of(anomaly),
                    UpdateExpression="SET reserved_by = :me, reserved_until = :until",
                    ConditionExpression=f"attribute_exists(observed) AND {_UNTOLD} AND"
                    " (attribute_not_exists(reserved_by) OR reserved_by = :me"
                    " OR reserved_until <= :now)",
                    ExpressionAttributeValues={
                        ":me": {"S": by},
                        ":now": number(now_ms),
                        ":until": number(until_ms),
                    },
                )
        except StoreUnavailable as error:
            if calls.is_refused(error):
                return False
            raise
        return True

    def told(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        with calls.translated():
            self.client.update_item(
                TableName=self.table,
                Key=_key_of(anomaly),
                UpdateExpression="SET alert_id = :id, alerted_at = :at"
                " REMOVE reserved_by, reserved_until",
                ExpressionAttributeValues={
                    ":id": {"S": alert_id},
                    ":at": {"S": instant.to_text(at_ms)},
                },
            )


def attributes_of(anomaly: Anomaly) -> dict[str, Any]:
    attributes = {
        "event_type": {"S": anomaly.event_type},
        "direction": {"S": anomaly.direction},
        "baseline": {"S": anomaly.baseline},
        "n_history": number(anomaly.history),
        "expires_at": number(kept_until(anomaly.hour)),
    }
    attributes |= {name: number(getattr(anomaly, name)) for name in _NUMBERS}
    return attributes | ({"withheld": {"S": anomaly.withheld}} if anomaly.withheld else {})


def anomaly_of(item: Mapping[str, Any]) -> Anomaly:
    numbers = {name: float(item[name]["N"]) for name in _NUMBERS}
    return Anomaly(
        metric=Metric(item["metric"]["S"]),
        event_type=item["event_type"]["S"],
        hour=Hour.parse(item["window_start"]["S"].partition("#")[0]),
        direction=Direction(item["direction"]["S"]),
        baseline=Baseline(item["baseline"]["S"]),
        history=int(item["n_history"]["N"]),
        withheld=Withheld(item["withheld"]["S"]) if "withheld" in item else None,
        **numbers,
    )


def _key_of(anomaly: Anomaly) -> dict[str, dict[str, str]]:
    return _key(
        anomaly.metric,
        f"{anomaly.hour.window_start}#{anomaly.event_type}#{anomaly.direction}",
    )


def _key(metric: str, window_start: str) -> dict[str, dict[str, str]]:
    return {"metric": {"S": metric}, "window_start": {"S": window_start}}
