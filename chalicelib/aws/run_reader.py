"""Runs of the state machine, read from DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.reads import Table
from chalicelib.aws.runs import PARTITION
from chalicelib.model.run import Run

_ERRORS = {
    "error": "failure",
    "judging_error": "judging_failure",
    "publishing_error": "publishing_failure",
    "computing_error": "computing_failure",
}


@dataclass(frozen=True, slots=True)
class DynamoRunReader:
    table: Table

    def newest(self, first: str, last: str, at_once: int) -> Iterator[Run]:
        key = "window_start", first, last
        return map(run_of, self.table.newest(("event_type", PARTITION), key, at_once))


def run_of(item: Mapping[str, Any]) -> Run:
    errors = {field: item[name]["S"] for field, name in _ERRORS.items() if name in item}
    return Run(
        name=item["execution"]["S"],
        started_at=item["started_at"]["S"],
        recorded_at=item["recorded_at"]["S"],
        hours=[hour["S"] for hour in item["hours"]["L"]],
        superseded_hours=[hour["S"] for hour in item["superseded_hours"]["L"]],
        failed_hours={hour: error["S"] for hour, error in item["failed_hours"]["M"].items()},
        # Runs of a version that did not seal lack them.
        unsealed_hours={
            hour: error["S"] for hour, error in item.get("unsealed_hours", {"M": {}})["M"].items()
        },
        records=int(item["n_records"]["N"]),
        missing=int(item["n_missing"]["N"]),
        anomalies=int(item["n_anomalies"]["N"]),
        alerts=int(item["n_alerts"]["N"]),
        # Absent from runs of earlier versions.
        results=int(item.get("n_results", {"N": "0"})["N"]),
        **errors,
    )
