"""Runs of the state machine in DynamoDB, in the partition `_run` of the aggregates table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text, texts
from chalicelib.model import instant, retention
from chalicelib.model.run import Run

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PARTITION = "_run"


@dataclass(frozen=True, slots=True)
class DynamoRuns:
    """The sort key begins with the start, so that one query finds the last runs."""

    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoRuns:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def record(self, run: Run) -> None:
        with calls.translated():
            self.client.put_item(TableName=self.table, Item=item_of(run))


def item_of(run: Run) -> dict[str, Any]:
    item: dict[str, Any] = {
        "event_type": text(PARTITION),
        "window_start": text(f"{run.started_at}#{run.name}"),
        "execution": text(run.name),
        "started_at": text(run.started_at),
        "recorded_at": text(run.recorded_at),
        "outcome": text(run.status),
        "hours": texts(run.hours),
        "superseded_hours": texts(run.superseded_hours),
        "failed_hours": {"M": {hour: text(error) for hour, error in run.failed_hours.items()}},
        "unsealed_hours": {"M": {hour: text(why) for hour, why in run.unsealed_hours.items()}},
        "n_records": number(run.records),
        "n_missing": number(run.missing),
        "n_anomalies": number(run.anomalies),
        "n_alerts": number(run.alerts),
        "n_results": number(run.results),
        "expires_at": number(retention.of_run(instant.from_text(run.started_at))),
    }
    failures = {
        "failure": run.error,
        "judging_failure": run.judging_error,
        "publishing_failure": run.publishing_error,
        "computing_failure": run.computing_error,
    }
    return item | {name: text(error) for name, error in failures.items() if error is not None}
