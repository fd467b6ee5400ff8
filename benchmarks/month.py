"""What a stage holds after 30 days of 20 event types, as items of its tables."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched, product
from typing import TYPE_CHECKING, Any

from chalicelib.aws import anomalies, hour_summaries, ledger, rollup_items, runs
from chalicelib.aws.attribute import number, text
from chalicelib.aws.claims import CLAIMS
from chalicelib.aws.hour_figures import encoded
from chalicelib.aws.hour_marks import PARTITION as MARKS
from chalicelib.model import instant, live, retention
from chalicelib.model.anomaly import Anomaly, Baseline, Direction, KeptAnomaly, Metric
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from chalicelib.model.ledger import LedgerRow
from chalicelib.model.rollup import (
    ALL_TYPES,
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)
from chalicelib.model.run import Run
from ops.local.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

HOURS = 30 * 24
TYPES = [f"type_{number:02}" for number in range(20)]
N_USERS = 500
_ANOMALOUS_EVERY = 8
_LEDGER_ROWS = 12 * 24

type Items = Iterator[dict[str, Any]]

_DICE = random.Random(1)
_SKETCHES = [HyperLogLog.of(_DICE.getrandbits(64) for _ in range(N_USERS)) for _ in range(24)]
_LATENCY = LatencySummary(
    count=1_000,
    total_ns=120_000_000_000,
    minimum=2.5,
    maximum=2_750.0,
    p50=88.0,
    p90=240.0,
    p95=410.0,
    p99=1_200.0,
    buckets=dict.fromkeys(range(70, 110), 25),
)


def fill(cloud: Cloud, now: Hour) -> None:
    """Write the items of the hours before `now`, and of the minutes since the last one began."""
    client = cloud.client("dynamodb")
    hours = now.plus(-HOURS).until(now)
    table = cloud.names.table
    _put(client, table("aggregates"), _aggregates(hours))
    _put(client, table("anomalies"), _anomalies(hours))
    _put(client, table("metrics"), _counters(hours, now))
    shards = [f"{cloud.names.stream(name)}-shardId-000000000000" for name in ("events", "clicks")]
    _put(client, table("batches"), _ledger(shards, now))


def _aggregates(hours: Iterable[Hour]) -> Items:
    for at, hour in enumerate(hours):
        rows = [_rollup(name, hour, at) for name in (ALL_TYPES, *TYPES)]
        yield hour_summaries.item_of(hour, 2, rows) or {}
        yield from map(rollup_items.item_of, rows)
        yield _key(MARKS, hour) | {"marked": number(2), "rolled": number(2)}
        yield _key(CLAIMS, hour) | {
            "claimed": number(2),
            "event_types": {"SS": [ALL_TYPES, *TYPES]},
            "figures": {"B": encoded({row.event_type: row.figures for row in rows})},
        }
        yield runs.item_of(_run(hour))


def _rollup(event_type: str, hour: Hour, at: int) -> HourlyRollup:
    return HourlyRollup(
        event_type=event_type,
        hour=hour,
        count=1_000,
        unique_users=N_USERS,
        user_sketch=_SKETCHES[at % len(_SKETCHES)],
        errors=10,
        latency=_LATENCY,
        amounts={"EUR": AmountSummary(10, 125_000_000), "USD": AmountSummary(5, 50_000_000)},
        reconciliation=Reconciliation(expected=1_000, found=1_000, duplicates=0),
    )


def _run(hour: Hour) -> Run:
    started_ms = hour.plus(1).start_ms + 10 * MINUTE_MS
    return Run(
        name=f"hourly-{hour.text}",
        started_at=instant.to_text(started_ms),
        recorded_at=instant.to_text(started_ms + MINUTE_MS),
        hours=[hour.window_start],
        superseded_hours=[],
        failed_hours={},
        records=20_000,
        missing=0,
        anomalies=1,
        alerts=0,
    )


def _anomalies(hours: Iterable[Hour]) -> Items:
    for at, hour in enumerate(hours):
        yield {
            "metric": text(CLAIMS),
            "window_start": text(hour.window_start),
            "claimed": number(2),
            "judged": number(2),
        }
        if at % _ANOMALOUS_EVERY == 0:
            for metric, event_type in product(Metric, TYPES[:3]):
                yield _anomaly(metric, event_type, hour)


def _anomaly(metric: Metric, event_type: str, hour: Hour) -> dict[str, Any]:
    anomaly = Anomaly(
        metric=metric,
        event_type=event_type,
        hour=hour,
        direction=Direction.ABOVE,
        observed=900.0,
        expected=300.0,
        scale=30.0,
        score=20.0,
        threshold=3.0,
        baseline=Baseline.HOUR_OF_DAY,
        history=14,
        explanation="x" * 150,
    )
    found_at = instant.to_text(hour.plus(1).start_ms)
    kept = KeptAnomaly(anomaly=anomaly, found_at=found_at)
    key = {"metric": text(metric), "window_start": text(kept.key)}
    return key | anomalies.attributes_of(anomaly) | {"found_at": text(found_at)}


def _counters(hours: Iterable[Hour], now: Hour) -> Items:
    for hour, name in product(hours, TYPES):
        yield _counter(live.hour_key(name, hour.text, "events-shardId-000000000000"))
    first_ms = now.plus(-1).start_ms
    n_minutes = (time.time_ns() // 1_000_000 - first_ms) // MINUTE_MS
    for minute, name in product(range(n_minutes), TYPES):
        at = instant.to_text(first_ms + minute * MINUTE_MS)[:16]
        yield _counter(live.minute_key(name, at, "events-shardId-000000000000"))


def _counter(key: tuple[str, str]) -> dict[str, Any]:
    counts = {"n_records": 100, "n_errors": 1, "n_latencies": 100, "latency_ns": 12_000_000_000}
    counts |= {f"b{bucket}": 10 for bucket in range(80, 90)}
    counts |= {"n_amounts_EUR": 10, "amount_micros_EUR": 125_000_000}
    partition, sort = key
    numbers: Mapping[str, Any] = {name: number(n) for name, n in counts.items()}
    return {"partition_key": text(partition), "sort_key": text(sort), **numbers}


def _ledger(shards: Iterable[str], now: Hour) -> Items:
    for shard, stage, at in product(shards, ("process", "transform"), range(_LEDGER_ROWS)):
        processed_ms = now.start_ms - at * 5 * MINUTE_MS
        row = LedgerRow(
            batch_id=f"{shard}#{stage}#{at}",
            processed_at=instant.to_text(processed_ms),
            shard_id=shard,
            stage=stage,
            total_records=1_000,
            success_records=1_000,
            failed_records=0,
            partitions=[f"year=2026/{name}" for name in TYPES[:5]],
            keys=[f"raw/{shard}/{at}"],
            duration_ms=250,
            expires_at=retention.of_ledger_row(processed_ms),
        )
        yield dict(ledger.item_of(row))


def _key(partition: str, hour: Hour) -> dict[str, Any]:
    return {"event_type": text(partition), "window_start": text(hour.window_start)}


def _put(client: DynamoDBClient, table: str, items: Items) -> None:
    for some in batched(items, 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in some]
        client.batch_write_item(RequestItems={table: puts})
