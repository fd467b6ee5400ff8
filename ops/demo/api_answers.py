"""What the query API says about a demo, in the counts that its sources can confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour
from ops.demo.incidents import Incident
from ops.demo.read_api import ReadApi
from ops.local.cloud import Cloud

ALL = "_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAnswers:
    live_records: int = 0
    events: int = 0
    quarantined: int = 0
    anomalies: frozenset[Incident] = frozenset()


def read_answers(cloud: Cloud, hours: Sequence[Hour]) -> ApiAnswers:
    """Ask every route that counts what the demo sent."""
    api = ReadApi(cloud.api_url, cloud.read_key)
    span = {"from": hours[0].window_start, "to": hours[-1].plus(1).window_start}
    live = api.rows("/metrics/live", "rows", by="hour", **span)
    merged = api.rows("/metrics", "rows", by="range", **span)
    # The demo's records arrived just now, whatever hour they are of.
    quarantined = api.get("/quarantine")["counts"]
    anomalies = api.rows("/anomalies", "anomalies", **span)
    return ApiAnswers(
        live_records=sum(row["records"] for row in live if row["event_type"] != ALL),
        events=sum(row["events"] for row in merged if row["event_type"] != ALL),
        quarantined=sum(row["records"] for row in quarantined),
        anomalies=frozenset(
            Incident(
                Metric(row["metric"]),
                Direction(row["direction"]),
                Hour.of(instant.parse(row["hour"])),
                row["event_type"],
            )
            for row in anomalies
        ),
    )
