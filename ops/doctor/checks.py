"""All that is looked at, the most ruinous first."""

from __future__ import annotations

from ops.doctor import event_sources, functions, keys, people, storage
from ops.doctor.check import DEPLOY, WIRE, Check

KEYS = f"{WIRE}; for a key that is lost, not listed or retired, python -m ops key retire"

CHECKS = (
    Check("Functions answer to who listens", event_sources.answers, WIRE),
    Check("Event sources' options", event_sources.mapping_options, WIRE),
    Check("Raw objects are announced", storage.notifications, DEPLOY),
    Check(
        "Nothing is given up on", storage.given_up, "send its records again; see docs/runbook.md"
    ),
    Check("Dead letters", storage.queues, DEPLOY),
    Check("Functions' settings", functions.environment, DEPLOY),
    Check("Layer", functions.layers, DEPLOY),
    Check("Functions' policies", functions.policies, DEPLOY),
    Check("Buckets", storage.buckets, DEPLOY),
    Check("Tables", storage.tables, DEPLOY),
    Check("Streams", storage.streams, DEPLOY),
    Check("API keys and usage plans", keys.keys, KEYS),
    Check("Alarms", people.alarms, DEPLOY),
    Check("Subscriptions", people.subscriptions, "aws sns subscribe; see docs/deployment.md"),
)
