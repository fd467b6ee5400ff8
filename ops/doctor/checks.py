"""All checks, those that find data loss first."""

from __future__ import annotations

from ops.doctor import (
    abandoned,
    access,
    attribution,
    event_sources,
    functions,
    invocations,
    keyless,
    keys,
    paths,
    storage,
    streams,
)
from ops.doctor.check import DEPLOY, WIRE, Check

KEYS = f"{WIRE}; for a key that is lost, not listed or retired, python -m ops key retire"
REPLAY = "python -m ops replay --abandoned; see docs/recovery.md"
MOVE = "aws sqs start-message-move-task; see docs/runbook.md"
SURPLUS = "aws lambda delete-event-source-mapping; see docs/recovery.md"
ONE_PATH = "python -m ops glue start or stop; see docs/attribution.md"
DRAINED = "set own_streams in infrastructure/stages.toml; see docs/deployment.md"

CHECKS = (
    Check("Partial failures", event_sources.partial_failures, WIRE),
    Check("Event source options", event_sources.mapping_options, WIRE),
    Check("Surplus event sources", event_sources.surplus, SURPLUS),
    Check("Notifications of raw objects", storage.notifications, DEPLOY),
    Check("Abandoned batches", abandoned.abandoned, REPLAY),
    Check("Dead letters waiting", storage.dead_letters, MOVE),
    Check("Dead letters", storage.queues, DEPLOY),
    Check("Reserved concurrency", invocations.concurrency, DEPLOY),
    Check("Hourly schedule", invocations.schedule, DEPLOY),
    Check("State machine", invocations.state_machine, DEPLOY),
    Check("Function settings", functions.environment, DEPLOY),
    Check("Layer", functions.layers, DEPLOY),
    Check("Function policies", functions.policies, DEPLOY),
    Check("Buckets", storage.buckets, DEPLOY),
    Check("Tables", storage.tables, DEPLOY),
    Check("Stacks", storage.stacks, DEPLOY),
    Check("Streams", storage.streams, DEPLOY),
    Check("Attribution's database", attribution.database, DEPLOY),
    Check("One path of attribution", paths.one_path, ONE_PATH),
    Check("Drained streams", streams.drained, DRAINED),
    Check("API keys and usage plans", keys.keys, KEYS),
    Check("Methods without a key", keyless.keyless_methods, WIRE),
    Check("Alarms", access.alarms, DEPLOY),
    Check("Subscriptions", access.subscriptions, "aws sns subscribe; see docs/deployment.md"),
)
