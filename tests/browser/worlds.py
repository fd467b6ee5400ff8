"""Deployments in the states that a dashboard has to show."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.world import ALL, HOUR, MINUTE, Clock, Kind, World

# Within an hour, and in the middle of a viewer's morning.
NOW = datetime(2026, 11, 21, 10, 42, 17, tzinfo=UTC)

SHOP = {
    "page_view": Kind(3500, 0.001, 140, {}),
    "click": Kind(1250, 0.0005, None, {}),
    "search": Kind(420, 0.004, 260, {}),
    "add_to_cart": Kind(210, 0.006, 180, {}),
    "checkout": Kind(60, 0.011, 410, {"EUR": 1.0}),
    "transaction": Kind(55, 0.009, 380, {"EUR": 0.8, "USD": 0.15, "GBP": 0.05}),
    "video_play": Kind(95, 0.02, 900, {}),
    "newsletter_signup": Kind(18, 0.0, 90, {}),
    "api_request": Kind(740, 0.013, 55, {}),
    "app_open": Kind(330, 0.0, 220, {}),
    "push_received": Kind(160, 0.0, None, {}),
    "refund": Kind(2.5, 0.0, 300, {"EUR": 0.6}),
    "support_ticket_with_a_rather_long_event_type_name": Kind(4, 0.0, None, {}),
    "webhook": Kind(36, 0.05, 640, {}),
}


CAMPAIGNS = {
    "autumn_sale": 38,
    "newsletter": 24,
    "brand_search": 17,
    "": 9,
    "a_campaign_with_a_name_that_is_rather_long_for_a_phone": 6,
    '=cmd("retarget")': 2,
}


def none(clock: Clock) -> World:
    return World(clock)


def little(clock: Clock) -> World:
    """A developer has sent two events, minutes ago."""
    world = World(clock)
    event = {"event_type": "page_view", "source": "web", "user_id": "usr_42"}
    world.posted = [(clock() - 3 * MINUTE, event), (clock() - MINUTE, event)]
    return world


def stale(clock: Clock) -> World:
    """Everything stopped four days ago."""
    world = World(clock, {"page_view": Kind(300, 0.01, 120), "click": Kind(80)})
    hour = clock().replace(minute=0, second=0, microsecond=0)
    world.ended_at = hour - timedelta(days=4)
    return world


def much(clock: Clock) -> World:
    """A busy shop, with a runaway client this morning and slow pages last night."""
    hour = clock().replace(minute=0, second=0, microsecond=0)
    burst, slow = hour - 6 * HOUR, hour - 13 * HOUR
    world = World(clock, SHOP)
    world.spikes = {("page_view", burst): 2.6, ("search latency", slow): 4.0}
    world.anomalies = [
        make_anomaly(burst, event_type="page_view", observed=8123.0, expected=3110.0),
        make_anomaly(burst, event_type=ALL, observed=11302.0, expected=6204.0, score=8.4),
        make_anomaly(
            slow,
            event_type="search",
            metric="latency",
            observed=1041.0,
            expected=262.0,
            scale=61.0,
            score=12.8,
            explanation="Latency is far above what is usual.",
            alerted_at=None,
            withheld="continued",
        ),
    ]
    world.campaigns = CAMPAIGNS
    world.quarantine = [make_quarantined(clock() - n * 7 * MINUTE, n) for n in range(1, 60)]
    world.runs = [make_run(hour - n * HOUR + 10 * MINUTE) for n in range(24)]
    return world


def crowded(clock: Clock) -> World:
    """Forty types, some with names as long as they may be, billions of events, four currencies."""
    world = much(clock)
    money = {"JPY": 0.3, "EUR": 0.2, "CHF": 0.1, "INR": 0.05}
    world.kinds = {
        f"{'warehouse_inventory_reconciliation_adjustment_requested' if n % 5 == 0 else 'type'}"
        f"_{n:02}": Kind(4.2e10 / (n + 1) ** 1.3, 0.002, 100.0 * (n + 1), money if n % 3 else {})
        for n in range(40)
    }
    hour = clock().replace(minute=0, second=0, microsecond=0)
    world.anomalies = [make_anomaly(hour - n * HOUR, event_type=ALL) for n in range(2)]
    world.spikes = {}
    return world


def troubled(clock: Clock) -> World:
    """The transform stage and the rollups have been failing for hours."""
    world = much(clock)
    hour = clock().replace(minute=0, second=0, microsecond=0)
    world.not_rolled_up = {hour - n * HOUR for n in range(1, 5)}
    world.dead_letters = 37
    world.runs = [
        make_run(hour - n * HOUR + 10 * MINUTE, "failed" if n < 4 else "succeeded")
        for n in range(24)
    ]
    world.needs = [
        {
            "code": "dead_letters",
            "message": "37 raw objects could not be transformed and are in the dead-letter queue.",
            "runbook": "dead-letters",
        },
        {
            "code": "rollup_failed",
            "message": "The last run of the rollup failed: States.Timeout.",
            "runbook": "rollup-failed",
        },
    ]
    return world


def make_anomaly(hour: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "hour": instant(hour),
        "event_type": "page_view",
        "metric": "volume",
        "direction": "above",
        "observed": 1.0,
        "expected": 1.0,
        "scale": 240.0,
        "score": 20.9,
        "threshold": 3.0,
        "baseline": "hour_of_day",
        "history_hours": 21,
        "state": "standing",
        "found_at": instant(hour + HOUR + 11 * MINUTE),
        "withdrawn_at": None,
        "alerted_at": instant(hour + HOUR + 11 * MINUTE),
        "alert_id": "a-1",
        "withheld": None,
        "explanation": "Volume is far above what is usual.",
        **changes,
    }


CODES = (
    ("invalid_json", "the record is not JSON: unexpected end of data: line 1 column 18"),
    ("unknown_field", "userId is not a field of an event"),
    ("missing_field", "user_id is missing"),
)


def make_quarantined(arrived_at: datetime, n: int) -> dict[str, Any]:
    code, reason = CODES[n % 7 % 3]
    payload = json.dumps({"event_type": "page_view", "userId": f"usr_{n}"})
    return {
        "arrived_at": instant(arrived_at),
        "code": code,
        "reason": reason,
        "stage": "process",
        "stream": "eventstream-prod-events",
        "shard_id": "shardId-000000000001",
        "sequence_number": f"4965{n:052}",
        "payload_bytes": len(payload),
        "payload": base64.b64encode(payload.encode()).decode(),
        "payload_truncated": False,
        "partition_key": f"usr_{n}",
    }


def make_run(started_at: datetime, status: str = "succeeded") -> dict[str, Any]:
    is_well = status == "succeeded"
    return {
        "execution": f"hourly-{started_at:%Y-%m-%dT%H}",
        "status": status,
        "started_at": instant(started_at),
        "finished_at": instant(started_at + timedelta(seconds=41)),
        "hours": 1 if is_well else 0,
        "superseded_hours": 0,
        "failed_hours": [],
        "records": 6203 if is_well else 0,
        "missing": 0,
        "anomalies": 0,
        "alerts": 0,
        "errors": {} if is_well else {"run": "States.Timeout: the run took longer than 15 min"},
    }


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
