"""Settings of ingest."""

from __future__ import annotations

from chalicelib.settings.environment import Names
from chalicelib.settings.streams import StreamSettings


class IngestSettings(StreamSettings):
    # None named: any type is accepted.
    event_types: Names = frozenset()
    max_batch_events: int = 500
    max_body_bytes: int = 4 * 1024 * 1024
    max_timestamp_ahead_s: int = 3_600
    max_timestamp_age_s: int = 30 * 86_400
    put_budget_s: float = 5.0
    put_call_limit_s: float = 2.0
