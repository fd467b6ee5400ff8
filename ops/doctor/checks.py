"""All checks, those that find data loss first."""

from __future__ import annotations

from ops.doctor import access, event_sources, functions, keys, storage
from ops.doctor.check import DEPLOY, WIRE, Check

KEYS = f"{WIRE}; for a key that is lost, not listed or retired, python -m ops key retire"

CHECKS = (
    Check("Partial failures", event_sources.partial_failures, WIRE),
    Check("Event source options", event_sources.mapping_options, WIRE),
    Check("Notifications of raw objects", storage.notifications, DEPLOY),
    Check("Abandoned batches", storage.abandoned, "replay the records; see docs/runbook.md"),
    Check("Dead letters", storage.queues, DEPLOY),
    Check("Function settings", functions.environment, DEPLOY),
    Check("Layer", functions.layers, DEPLOY),
    Check("Function policies", functions.policies, DEPLOY),
    Check("Buckets", storage.buckets, DEPLOY),
    Check("Tables", storage.tables, DEPLOY),
    Check("Streams", storage.streams, DEPLOY),
    Check("API keys and usage plans", keys.keys, KEYS),
    Check("Alarms", access.alarms, DEPLOY),
    Check("Subscriptions", access.subscriptions, "aws sns subscribe; see docs/deployment.md"),
)
