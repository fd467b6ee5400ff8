"""Valid objects with one-field overrides: a test names only the field it is about."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
import os
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus

import orjson

import chalicelib.settings
from chalicelib.access import Admission
from chalicelib.archive.raw_key import RawKey
from chalicelib.model import instant
from chalicelib.model.alert import Alert
from chalicelib.model.anomaly import Anomaly, Baseline, Direction
from chalicelib.model.anomaly import Metric as AnomalyMetric
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.experiment import EFFECTIVE_AFTER_MS, Experiment, Metric, Status, Variant
from chalicelib.model.hour import Hour
from chalicelib.model.latency import bucket_of
from chalicelib.model.rollup import HourlyRollup, LatencySummary, Reconciliation
from chalicelib.settings.environment import EnvironmentSettings
from chalicelib.wiring import Pipeline

# Of each part that a test may replace, the wing of the pipeline that builds it.
WINGS = {
    "admit": "access",
    "keys": "access",
    "ingest_batch": "ingest",
    "ingest_event": "ingest",
    "stream_writer": "ingest",
    "put_definition": "experiments",
    "assign_users": "experiments",
    "definitions": "experiments",
    "process_batch": "process",
    "transform_raw": "transform",
    "start_hourly_rollup": "rollup",
    "determine_hours": "rollup",
    "roll_up_hour": "rollup",
    "seal_hour": "upkeep",
    "record_run": "rollup",
    "judge_hours": "anomalies",
    "publish_alerts": "anomalies",
    "compute_results": "experiment_results",
    "attribute_clicks": "attribution",
    "attribute_checkouts": "attribution",
    "report_attribution": "attribution",
    "migrate_database": "attribution",
    "list_checkpoints": "attribution",
    "control_attribution_job": "attribution_job",
    "watch_attribution_job": "attribution_job",
    "start_attribution_job": "attribution_job",
    "stop_attribution_job": "attribution_job",
    "generate_traffic": "traffic",
}

NOON = Hour.parse("2026-11-20T12")
NOON_MS = NOON.start_ms
STREAM = "eventstream-local-events"
SHARD = "shardId-000000000000"


def make_client_event(**changes: object) -> dict[str, object]:
    """What a client posts; a change to `...` removes the field."""
    event: dict[str, object] = {
        "event_type": "page_view",
        "source": "web",
        "user_id": "usr_1",
        "session_id": "ses_1",
        "properties": {"page": "/products/1", "duration_ms": 250},
    }
    return {k: v for k, v in (event | changes).items() if v is not ...}


def make_event(**changes: object) -> dict[str, object]:
    """What ingest puts into the stream; a change to `...` removes the field."""
    event: dict[str, object] = {
        "event_id": "ev_1",
        "event_type": "page_view",
        "source": "web",
        "user_id": "usr_1",
        "session_id": "ses_1",
        "timestamp": instant.to_text(NOON_MS + 1_500),
        "ingested_at": instant.to_text(NOON_MS + 2_000),
        "properties": {"page": "/products/1", "duration_ms": 250},
    }
    return {k: v for k, v in (event | changes).items() if v is not ...}


def make_record(
    sequence: int = 1,
    body: bytes | Mapping[str, object] | None = None,
    *,
    stream: str = STREAM,
    shard: str = SHARD,
    arrived_ms: int = NOON_MS + 3_000,
) -> dict[str, object]:
    """One record as Lambda hands it over from Kinesis."""
    content = make_event() if body is None else body
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {
        "eventID": f"{shard}:{sequence}",
        "eventSource": "aws:kinesis",
        "eventSourceARN": f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}",
        "kinesis": {
            "partitionKey": "usr_1",
            "sequenceNumber": str(sequence),
            "data": base64.b64encode(written).decode(),
            "approximateArrivalTimestamp": arrived_ms / 1000,
            "kinesisSchemaVersion": "1.0",
        },
    }


def make_pipeline(**changes: object) -> Pipeline:
    """The app's pipeline with these settings, and with these of its properties already built.

    Hand it to `chalicelib.wiring.using`, and every trigger works on it:
    `using(make_pipeline(stream_writer=FakeStreams(), put_budget_s=0.0))`.
    Every request is admitted, unless the keys in use are given as `keys`.
    """
    if "keys" not in changes:
        changes = {"admit": lambda _request: Admission()} | changes
    built = {name: value for name, value in changes.items() if name in WINGS}
    settings = {name: value for name, value in changes.items() if name not in WINGS}
    assert settings.keys() <= every_setting().keys()
    env = {name.upper(): text_of(value) for name, value in settings.items()}
    pipeline = Pipeline({**os.environ, **env})
    for name, value in built.items():
        wing = getattr(pipeline, WINGS[name])
        assert isinstance(getattr(type(wing), name), cached_property)
        # Where a cached property looks before it builds.
        vars(wing)[name] = value
    return pipeline


def every_setting() -> dict[str, type[EnvironmentSettings]]:
    """Every setting's name, with a class that reads it."""
    for module in pkgutil.iter_modules(chalicelib.settings.__path__):
        importlib.import_module(f"chalicelib.settings.{module.name}")
    return {name: wing for wing in _below(EnvironmentSettings) for name in wing.model_fields}


def _below(base: type[EnvironmentSettings]) -> Iterator[type[EnvironmentSettings]]:
    for one in base.__subclasses__():
        yield one
        yield from _below(one)


def text_of(value: object) -> str:
    """A setting as the environment has it."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def make_rollup(
    event_type: str = "click", count: int = 1, hour: Hour = NOON, **changes: Any
) -> HourlyRollup:
    """An hour of this many events of one user."""
    rollup = HourlyRollup(
        event_type=event_type,
        hour=hour,
        count=count,
        unique_users=1,
        user_sketch=HyperLogLog.of([1]),
        errors=0,
        latency=None,
        amounts={},
        reconciliation=Reconciliation(expected=None, found=count, duplicates=0),
    )
    return replace(rollup, **changes)


def make_latency(latency_ms: float = 250.0, **changes: Any) -> LatencySummary:
    """One event's."""
    latency = LatencySummary(
        count=1,
        total_ns=round(latency_ms * 1_000_000),
        minimum=latency_ms,
        maximum=latency_ms,
        p50=latency_ms,
        p90=latency_ms,
        p95=latency_ms,
        p99=latency_ms,
        buckets={bucket_of(latency_ms): 1},
    )
    return replace(latency, **changes)


def make_anomaly(**changes: Any) -> Anomaly:
    """Three times the page views that there usually are."""
    anomaly = Anomaly(
        metric=AnomalyMetric.VOLUME,
        event_type="page_view",
        hour=NOON,
        direction=Direction.ABOVE,
        observed=1_236.0,
        expected=412.0,
        scale=41.2,
        score=20.0,
        threshold=3.0,
        baseline=Baseline.HOUR_OF_DAY,
        history=14,
    )
    return replace(anomaly, **changes)


def make_experiment(**changes: Any) -> Experiment:
    """Running, and in effect for records since an hour before noon."""
    experiment = Experiment(
        experiment_id="button",
        name="Green button",
        salt="button",
        variants=(Variant("control", 5_000), Variant("treatment", 5_000)),
        control="control",
        primary=Metric(key="purchases", event_type="purchase"),
        status=Status.RUNNING,
        updated_at_ms=NOON_MS - instant.HOUR_MS - EFFECTIVE_AFTER_MS,
        started=NOON.plus(-2),
    )
    return replace(experiment, **changes)


def make_definition(**changes: object) -> dict[str, object]:
    """What a client puts to define an experiment; a change to `...` removes the field."""
    definition: dict[str, object] = {
        "name": "Green button",
        "variants": [{"key": "control", "weight": 0.5}, {"key": "treatment", "weight": 0.5}],
        "control": "control",
        "primary_metric": {"key": "purchases", "event_type": "purchase"},
    }
    return {k: v for k, v in (definition | changes).items() if v is not ...}


def make_alert(**changes: Any) -> Alert:
    alert = Alert(
        id="0f3a99c1",
        subject="EventStream local: volume high, page_view, 2026-11-20 12:00 UTC",
        text="Volume is far above what is usual.",
        body={"alert_id": "0f3a99c1", "metric": "volume"},
        attributes={"stage": "local", "metric": "volume"},
    )
    return replace(alert, **changes)


def make_raw_line(**changes: object) -> bytes:
    """One line of a raw object; `kinesis` is merged, and a change to `...` removes the field."""
    line: dict[str, object] = {
        "event_id": "ev_1",
        "event_type": "page_view",
        "source": "web",
        "user_id": "usr_1",
        "session_id": "ses_1",
        "timestamp": instant.to_text(NOON_MS + 1_500),
        "ingested_at": instant.to_text(NOON_MS + 2_000),
        "latency_ms": 250.0,
        "amount": None,
        "currency": None,
        "value": None,
        "is_error": False,
        "kinesis": {
            "stream": STREAM,
            "shard_id": SHARD,
            "sequence_number": "1".zfill(56),
            "partition_key": "usr_1",
            "arrived_at": instant.to_text(NOON_MS + 3_000),
        },
        "properties": {"page": "/products/1", "duration_ms": 250},
    }
    if isinstance(kinesis := changes.get("kinesis"), dict):
        changes |= {"kinesis": line["kinesis"] | kinesis}  # type: ignore[operator]  # a dict, above
    return orjson.dumps({k: v for k, v in (line | changes).items() if v is not ...})


def make_raw_object(*lines: bytes) -> bytes:
    """The bytes of a raw object, as process archives them."""
    return gzip.compress(b"".join(line + b"\n" for line in lines), 4, mtime=0)


def make_raw_key(
    event_type: str = "page_view", hour: Hour = NOON, first_sequence: int = 1
) -> RawKey:
    return RawKey(event_type, hour, f"{STREAM}-{SHARD}", str(first_sequence).zfill(56))


def make_raw_message(*keys: object, message_id: str = "m-1") -> dict[str, object]:
    """One message as Lambda hands it over from the queue: S3's word that objects were written."""
    records = [
        {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": {
                "bucket": {"name": "eventstream-local-raw"},
                "object": {"key": quote_plus(str(key), safe="/"), "versionId": "v-1"},
            },
        }
        for key in keys
    ]
    return {"messageId": message_id, "body": json.dumps({"Records": records})}
