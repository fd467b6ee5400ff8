"""Anomalies in DynamoDB: a partition for each metric, in order of time, and the hours' claims.

Attributes of an anomaly: `metric` and `window_start`, which is the hour and, each after a `#`,
event type and direction; `event_type`, `direction`, `observed`, `expected`, `scale`, `score`,
`threshold`, `baseline`, `n_history`, `explanation`; `found_at`; `withheld` if no alert is to be
sent; `alert_id` and `alerted_at` once one was sent; `withdrawn_at` if it was not found again. A
claim also holds `judged`, the mark of the last rollup of its hour that was judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import Item, integer_of, number, number_of, text, text_of
from chalicelib.aws.claims import CLAIMS, Claims
from chalicelib.aws.hour_range import items_between
from chalicelib.errors import StoreUnavailable, Superseded
from chalicelib.model import instant, retention
from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric, Withheld
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

PARTITION_KEY = "metric"

_NUMBERS = ("observed", "expected", "scale", "score", "threshold")
_OPTIONAL = frozenset({"withheld", "explanation"})
_STANDING = "attribute_not_exists(withdrawn_at)"
_PENDING = f"{_STANDING} AND attribute_not_exists(withheld) AND attribute_not_exists(alerted_at)"


@dataclass(frozen=True, slots=True)
class DynamoAnomalies:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoAnomalies:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        claims = items_between(self.client, self.table, (PARTITION_KEY, CLAIMS), first, end)
        return {
            Hour.parse(text_of(claim, "window_start")): integer_of(claim, "judged")
            for claim in claims
            if "judged" in claim
        }

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return self._anomalies(first, end, _STANDING)

    def pending_alerts(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        return self._anomalies(first, end, _PENDING)

    def _anomalies(self, first: Hour, end: Hour, condition: str) -> Sequence[Anomaly]:
        return [
            anomaly_of(item)
            for metric in Metric
            for item in items_between(
                self.client,
                self.table,
                (PARTITION_KEY, metric),
                first,
                end,
                FilterExpression=condition,
            )
        ]

    def claim(self, hour: Hour, mark: int) -> None:
        self._claims.claim(hour, mark)

    def finish(self, hour: Hour, mark: int) -> None:
        with suppress(Superseded):
            self._claims.note(hour, mark, "judged")

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        at = text(instant.to_text(at_ms))
        changes = [self._claims.check(hour, mark)]
        changes += [self._write(anomaly, at) for anomaly in found]
        changes += [
            self._change(anomaly, "SET withdrawn_at = :at", {":at": at}) for anomaly in gone
        ]
        with calls.fenced():
            self.client.transact_write_items(TransactItems=changes)

    def _write(self, anomaly: Anomaly, at: dict[str, str]) -> TransactWriteItemTypeDef:
        """Set what was found now and nothing else: whether an alert was sent is kept."""
        attributes = attributes_of(anomaly)
        absent = sorted(_OPTIONAL - attributes.keys())
        sets = [f"{name} = :{name}" for name in attributes]
        update = f"SET {', '.join(sets)}, found_at = if_not_exists(found_at, :at)"
        update += f" REMOVE {', '.join(['withdrawn_at', *absent])}"
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
                    ConditionExpression=f"attribute_exists(observed) AND {_PENDING} AND"
                    " (attribute_not_exists(reserved_by) OR reserved_by = :me"
                    " OR reserved_until <= :now)",
                    ExpressionAttributeValues={
                        ":me": text(by),
                        ":now": number(now_ms),
                        ":until": number(until_ms),
                    },
                )
        except StoreUnavailable as error:
            if calls.is_refused(error):
                return False
            raise
        return True

    def notified(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        with calls.translated():
            self.client.update_item(
                TableName=self.table,
                Key=_key_of(anomaly),
                UpdateExpression="SET alert_id = :id, alerted_at = :at"
                " REMOVE reserved_by, reserved_until",
                ExpressionAttributeValues={
                    ":id": text(alert_id),
                    ":at": text(instant.to_text(at_ms)),
                },
            )

    @property
    def _claims(self) -> Claims:
        return Claims(self.client, self.table, PARTITION_KEY)


def attributes_of(anomaly: Anomaly) -> dict[str, Any]:
    attributes = {
        "event_type": text(anomaly.event_type),
        "direction": text(anomaly.direction),
        "baseline": text(anomaly.baseline),
        "n_history": number(anomaly.history),
        "expires_at": number(retention.of_hour(anomaly.hour)),
    }
    attributes |= {name: number(getattr(anomaly, name)) for name in _NUMBERS}
    optional = {"withheld": anomaly.withheld, "explanation": anomaly.explanation}
    return attributes | {name: text(value) for name, value in optional.items() if value}


def anomaly_of(item: Item) -> Anomaly:
    return Anomaly(
        metric=Metric(text_of(item, PARTITION_KEY)),
        event_type=text_of(item, "event_type"),
        hour=Hour.parse(text_of(item, "window_start").partition("#")[0]),
        direction=Direction(text_of(item, "direction")),
        baseline=Baseline(text_of(item, "baseline")),
        history=integer_of(item, "n_history"),
        withheld=Withheld(text_of(item, "withheld")) if "withheld" in item else None,
        explanation=text_of(item, "explanation") if "explanation" in item else "",
        **{name: number_of(item, name) for name in _NUMBERS},
    )


def _key_of(anomaly: Anomaly) -> dict[str, dict[str, str]]:
    window_start = f"{anomaly.hour.window_start}#{anomaly.event_type}#{anomaly.direction}"
    return {PARTITION_KEY: text(anomaly.metric), "window_start": text(window_start)}
