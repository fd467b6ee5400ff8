"""The table of routes: what requests are parsed by, and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.model.answers import Health
from chalicelib.query import (
    list_anomalies,
    list_batches,
    list_event_types,
    list_runs,
    metric_shapes,
    pipeline_shapes,
    read_live_metrics,
    read_metrics,
    read_quarantine,
)
from chalicelib.query.parameters import CURSOR, EVENT_TYPES, FROM, TO
from chalicelib.query.route import Route
from chalicelib.query.statuses import STORING_MANY, STORING_ONE, free, merging, public, reading

HEALTH = Route(
    name="health",
    path="/health",
    summary="Whether the API is up",
    answers=free(Health),
)
EVENT = Route(
    name="ingest_event",
    method="POST",
    path="/events",
    summary="Store one event",
    description="A 200 means that the event is stored.",
    body="event",
    answers=STORING_ONE,
)
BATCH = Route(
    name="ingest_batch",
    method="POST",
    path="/events/batch",
    summary="Store many events",
    description="Each event has a result of its own; one that is refused keeps out no other.",
    body="batch",
    answers=STORING_MANY,
)
LIVE_METRICS = Route(
    name="live_metrics",
    path="/metrics/live",
    summary="Live counters by the minute or hour",
    description="Counts records within seconds of their arrival, repeats among them.",
    parameters=(FROM, TO, read_live_metrics.BY, EVENT_TYPES, read_live_metrics.LIMIT, CURSOR),
    answers=reading(metric_shapes.LiveMetrics),
)
METRICS = Route(
    name="metrics",
    path="/metrics",
    summary="Rollups of hours, days or a whole range",
    description="Counts each event once. An hour is rolled up ten minutes after its end, and again"
    " when late events reach it.",
    parameters=(FROM, TO, read_metrics.BY, EVENT_TYPES, read_metrics.LIMIT, CURSOR),
    answers=merging(metric_shapes.Metrics),
)
EVENT_TYPE_LIST = Route(
    name="event_types",
    path="/metrics/event-types",
    summary="Event types that occurred",
    description="Of hours that are rolled up.",
    parameters=(FROM, TO, list_event_types.LIMIT),
    answers=reading(metric_shapes.EventTypes),
)
ANOMALIES = Route(
    name="anomalies",
    path="/anomalies",
    summary="Hours that deviate from their history",
    parameters=(
        FROM,
        TO,
        EVENT_TYPES,
        list_anomalies.METRIC,
        list_anomalies.STATE,
        list_anomalies.LIMIT,
        CURSOR,
    ),
    answers=reading(pipeline_shapes.Anomalies),
)
RUNS = Route(
    name="runs",
    path="/runs",
    summary="Executions of the hourly rollup",
    parameters=(FROM, TO, list_runs.LIMIT, CURSOR),
    answers=reading(pipeline_shapes.Runs),
)
BATCHES = Route(
    name="batches",
    path="/batches",
    summary="The processing ledger of a shard",
    description="A row for each chunk that was processed and each object that was transformed.",
    parameters=(
        list_batches.SHARD_ID,
        list_batches.STAGE,
        FROM,
        TO,
        list_batches.LIMIT,
        CURSOR,
    ),
    answers=reading(pipeline_shapes.Batches),
)
QUARANTINE = Route(
    name="quarantine",
    path="/quarantine",
    summary="Records that are not valid events",
    description="Records that were written to a stream without the API can be invalid. Payloads"
    " are shown to admin keys alone.",
    parameters=(FROM, TO, read_quarantine.CODE, read_quarantine.LIMIT),
    answers=reading(pipeline_shapes.Quarantine),
)
FRESHNESS = Route(
    name="freshness",
    path="/freshness",
    summary="How far every stage is, and what needs a person",
    description="Of the last 31 days.",
    answers=reading(pipeline_shapes.Freshness),
)
OPENAPI = Route(
    name="openapi",
    path="/openapi.json",
    summary="This document",
    answers=public(pipeline_shapes.OpenApi),
)

ROUTES = (
    HEALTH,
    EVENT,
    BATCH,
    LIVE_METRICS,
    METRICS,
    EVENT_TYPE_LIST,
    ANOMALIES,
    RUNS,
    BATCHES,
    QUARANTINE,
    FRESHNESS,
    OPENAPI,
)
