"""A deployment as prod is, so that figures in tests outlive changes of it."""

from __future__ import annotations

from typing import Any

from ops.cost.deployed import Deployment

MEMORY_MB = {
    "api_handler": 512,
    "process_events": 1_024,
    "attribute_clicks": 1_024,
    "transform_raw": 1_769,
    "roll_up_hour": 3_008,
    "seal_hour": 3_008,
    "judge_hours": 1_024,
    "record_run": 256,
}


def make_deployment(**changes: Any) -> Deployment:
    usual = {
        "stage": "prod",
        "functions": ["api_handler", "process_events", "transform_raw", "roll_up_hour"],
        "memory_mb": MEMORY_MB,
        "batch_size": 10_000,
        "window_s": 60,
        "queue_batch_size": 10,
        "queue_window_s": 0,
        "states": 8,
        "states_an_hour": 1,
        "cold_days": 90,
        "lake_tiered_days": 3,
        "stream_retention_hours": 24,
        "log_days": 30,
    }
    return Deployment(**{**usual, **changes})
