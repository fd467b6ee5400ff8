"""Deployment settings. The only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _split(text: object) -> object:
    """Read `a,b` as a list, and what is none of text as it is."""
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _pairs(text: object) -> object:
    """Read `a=1,b=2` as a mapping."""
    parts = _split(text)
    if not isinstance(parts, list):
        return parts
    pairs = [part.partition("=") for part in parts]
    return {name.strip(): value for name, _, value in pairs}


class Settings(BaseModel):
    """Each field is the environment variable of its name in capitals."""

    model_config = ConfigDict(frozen=True)

    stage: str
    events_stream: str
    clicks_stream: str
    checkouts_stream: str
    raw_queue: str
    metrics_table: str
    batches_table: str
    aggregates_table: str
    anomalies_table: str
    # These carry account and region, which the deployment knows and a packaging machine doesn't.
    raw_bucket: str = ""
    lake_bucket: str = ""
    rollup_state_machine: str = ""
    alerts_topic: str = ""

    kinesis_batch_size: int = 10_000
    kinesis_batching_window_s: int = 5
    sqs_batch_size: int = 10
    # Set by wiring a deployment, once the event source listens to partial failures.
    partial_batch_responses: bool = False

    cors_allow_origin: str = "*"
    max_batch_events: int = 500
    max_body_bytes: int = 4 * 1024 * 1024
    max_timestamp_ahead_s: int = 3_600
    max_timestamp_age_s: int = 30 * 86_400
    put_budget_s: float = 5.0
    put_call_limit_s: float = 2.0

    max_object_bytes: int = 5_000_000
    max_object_records: int = 10_000
    commit_reserve_s: float = 20.0

    # Upper bounds of all classes but the last.
    amount_bounds: Annotated[tuple[float, float, float], BeforeValidator(_split)] = (
        10,
        100,
        1_000,
    )
    session_bounds_s: Annotated[tuple[float, float], BeforeValidator(_split)] = (60, 600)
    metric_bounds: Annotated[tuple[float, float, float], BeforeValidator(_split)] = (0, 10, 100)

    # In standard deviations; by series, as "checkout.latency=4,*.volume=5"; and those of which
    # nobody is told, as "heartbeat,*.latency".
    anomaly_threshold: float = 3.0
    anomaly_thresholds: Annotated[Mapping[str, float], BeforeValidator(_pairs)] = {}
    anomaly_mutes: Annotated[frozenset[str], BeforeValidator(_split)] = frozenset()

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings.

        Raises:
            pydantic.ValidationError: a variable is missing or malformed; its message names it.
        """
        named = {name: env[name.upper()] for name in cls.model_fields if name.upper() in env}
        return cls.model_validate(named)


def serves_http(env: Mapping[str, str] = os.environ) -> bool:
    """Say whether this is the function that serves all routes, by the name Chalice gives it."""
    return env.get("_HANDLER") == "app.app"
