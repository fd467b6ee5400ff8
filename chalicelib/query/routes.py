"""The table of routes: what requests are parsed by, and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.model.answers import Health
from chalicelib.model.definition import Definition
from chalicelib.model.definition_body import DefinitionBody, UsersBody
from chalicelib.query import (
    attribution_shapes,
    experiment_shapes,
    list_anomalies,
    list_batches,
    list_event_types,
    list_experiments,
    list_runs,
    metric_shapes,
    pipeline_shapes,
    read_assignment,
    read_attribution,
    read_experiment_live,
    read_experiment_results,
    read_live_metrics,
    read_metrics,
    read_quarantine,
    result_shapes,
)
from chalicelib.query.parameters import CURSOR, EVENT_TYPES, EXPERIMENT_ID, FROM, TO
from chalicelib.query.route import Route
from chalicelib.query.statuses import (
    STORING_MANY,
    STORING_ONE,
    assigning,
    defining,
    free,
    merging,
    optional,
    public,
    reading,
    reading_one,
)

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
    description="Each event has its own result; one that is refused does not affect the others.",
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
    description="Counts events of hours that are rolled up; the busiest type comes first.",
    parameters=(FROM, TO, list_event_types.LIMIT),
    answers=reading(metric_shapes.EventTypes),
)
ATTRIBUTION = Route(
    name="attribution",
    path="/attribution",
    summary="Checkouts credited to campaigns or sources",
    description="A checkout is credited to the clicks of its user in the hour before it, by one of"
    " five models. Late events restate it. Stages without attribution answer 404.",
    parameters=(
        read_attribution.MODEL,
        FROM,
        TO,
        read_attribution.GROUP_BY,
        read_attribution.HALF_LIFE,
        read_attribution.LIMIT,
    ),
    answers=optional(attribution_shapes.Attribution),
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
    description="Looks at the last 31 days.",
    answers=reading(pipeline_shapes.Freshness),
)
EXPERIMENTS = Route(
    name="experiments",
    path="/experiments",
    summary="Definitions of experiments",
    parameters=(list_experiments.STATUS,),
    answers=reading(experiment_shapes.Experiments),
)
EXPERIMENT = Route(
    name="experiment",
    path="/experiments/{experiment_id}",
    summary="The current version of a definition",
    parameters=(EXPERIMENT_ID,),
    answers=reading_one(Definition),
)
DEFINITION = Route(
    name="put_experiment",
    method="PUT",
    path="/experiments/{experiment_id}",
    summary="Create an experiment, or change it",
    description="The body is the whole definition. What isn't allowed any more once it is running"
    " is refused.",
    parameters=(EXPERIMENT_ID,),
    body=DefinitionBody,
    answers=defining(Definition),
)
EXPERIMENT_LIVE = Route(
    name="experiment_live",
    path="/experiments/{experiment_id}/live",
    summary="Live counters by variant",
    description="Counts records within seconds of their arrival, repeats among them.",
    parameters=(EXPERIMENT_ID, FROM, TO, read_experiment_live.BY),
    answers=reading_one(experiment_shapes.ExperimentLive),
)
EXPERIMENT_RESULTS = Route(
    name="experiment_results",
    path="/experiments/{experiment_id}/results",
    summary="The verdict on an experiment, and every figure behind it",
    description="Computed after each hour's rollup from exact figures, each user once. Until there"
    " are results, the verdict is `too early`, and says why.",
    parameters=(EXPERIMENT_ID, read_experiment_results.LOOKS),
    answers=reading_one(result_shapes.ExperimentResults),
)
ASSIGNMENT = Route(
    name="assignment",
    path="/experiments/{experiment_id}/assignments/{user_id}",
    summary="A user's variant",
    parameters=(EXPERIMENT_ID, read_assignment.USER_ID),
    answers=reading_one(experiment_shapes.UserAssignment),
)
ASSIGNMENTS = Route(
    name="assign_users",
    method="POST",
    path="/experiments/{experiment_id}/assignments",
    summary="The variants of many users",
    parameters=(EXPERIMENT_ID,),
    body=UsersBody,
    answers=assigning(experiment_shapes.UserAssignments),
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
    ATTRIBUTION,
    ANOMALIES,
    RUNS,
    BATCHES,
    QUARANTINE,
    FRESHNESS,
    EXPERIMENTS,
    EXPERIMENT,
    DEFINITION,
    EXPERIMENT_LIVE,
    EXPERIMENT_RESULTS,
    ASSIGNMENT,
    ASSIGNMENTS,
    OPENAPI,
)
