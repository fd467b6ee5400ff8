"""Runs of the state machine in DynamoDB, in the partition `_run` of the aggregates table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.model import instant
from chalicelib.model.run import Run

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PARTITION = "_run"
_KEPT_MS = 400 * instant.DAY_MS


@dataclass(frozen=True, slots=True)
class DynamoRuns:
    """The sort key begins with the start, so that the last runs are one query away."""

    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoRuns:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def record(self, run: Run) -> None:
        with calls.translated():
            self.client.put_item(TableName=self.table, Item=item_of(run))


def item_of(run: Run) -> dict[str, Any]:
    expires_at = (instant.from_text(run.started_at) + _KEPT_MS) // 1000
    item = {
        "event_type": {"S": PARTITION},
        "window_start": {"S": f"{run.started_at}#{run.name}"},
        "execution": {"S": run.name},
        "started_at": {"S": run.started_at},
        "recorded_at": {"S": run.recorded_at},
        "outcome": {"S": run.status},
        "hours": {"L": [{"S": hour} for hour in run.hours]},
        "superseded_hours": {"L": [{"S": hour} for hour in run.superseded_hours]},
        "failed_hours": {"M": {hour: {"S": error} for hour, error in run.failed_hours.items()}},
        "n_records": {"N": str(run.records)},
        "n_missing": {"N": str(run.missing)},
        "n_anomalies": {"N": str(run.anomalies)},
        "n_alerts": {"N": str(run.alerts)},
        "expires_at": {"N": str(expires_at)},
    }
    failures = {
        "failure": run.error,
        "judging_failure": run.judging_error,
        "publishing_failure": run.publishing_error,
    }
    return item | {name: {"S": error} for name, error in failures.items() if error is not None}
