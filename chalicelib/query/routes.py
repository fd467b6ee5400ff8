"""The table of routes: what requests are parsed by, and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.model.scope import READERS
from chalicelib.query import (
    list_anomalies,
    list_batches,
    list_event_types,
    list_runs,
    read_live_metrics,
    read_metrics,
    read_quarantine,
    shapes,
)
from chalicelib.query.parameters import CURSOR, EVENT_TYPES, FROM, TO
from chalicelib.query.route import Route

LIVE_METRICS = Route(
    path="/metrics/live",
    summary="Live counters by the minute or hour",
    description="Counts records within seconds of their arrival, repeats among them.",
    scopes=READERS,
    parameters=(FROM, TO, read_live_metrics.BY, EVENT_TYPES, read_live_metrics.LIMIT, CURSOR),
    answer=shapes.LiveMetrics,
)
METRICS = Route(
    path="/metrics",
    summary="Rollups of hours, days or a whole range",
    scopes=READERS,
    parameters=(FROM, TO, read_metrics.BY, EVENT_TYPES, read_metrics.LIMIT, CURSOR),
    answer=shapes.Metrics,
)

EVENT_TYPE_LIST = Route(
    path="/metrics/event-types",
    summary="Event types that occurred",
    description="Of hours that are rolled up.",
    scopes=READERS,
    parameters=(FROM, TO, list_event_types.LIMIT),
    answer=shapes.EventTypes,
)
ANOMALIES = Route(
    path="/anomalies",
    summary="Hours that deviate from their history",
    scopes=READERS,
    parameters=(
        FROM,
        TO,
        EVENT_TYPES,
        list_anomalies.METRIC,
        list_anomalies.STATE,
        list_anomalies.LIMIT,
        CURSOR,
    ),
    answer=shapes.Anomalies,
)
RUNS = Route(
    path="/runs",
    summary="Executions of the hourly rollup",
    scopes=READERS,
    parameters=(FROM, TO, list_runs.LIMIT, CURSOR),
    answer=shapes.Runs,
)
BATCHES = Route(
    path="/batches",
    summary="The processing ledger of a shard",
    description="A row for each chunk that was processed and each object that was transformed.",
    scopes=READERS,
    parameters=(
        list_batches.SHARD_ID,
        list_batches.STAGE,
        FROM,
        TO,
        list_batches.LIMIT,
        CURSOR,
    ),
    answer=shapes.Batches,
)
QUARANTINE = Route(
    path="/quarantine",
    summary="Records that are not valid events",
    description="Records that were written to a stream without the API can be invalid. Payloads"
    " are shown to admin keys alone.",
    scopes=READERS,
    parameters=(FROM, TO, read_quarantine.CODE, read_quarantine.LIMIT),
    answer=shapes.Quarantine,
)
FRESHNESS = Route(
    path="/freshness",
    summary="How far every stage is, and what needs a person",
    description="Of the last 31 days.",
    scopes=READERS,
    answer=shapes.Freshness,
)

ROUTES = (LIVE_METRICS, METRICS, EVENT_TYPE_LIST, ANOMALIES, RUNS, BATCHES, QUARANTINE, FRESHNESS)
