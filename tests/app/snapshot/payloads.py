"""What the queue, the schedule and the state machine pass to their functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.app.snapshot import history

type Payload = Mapping[str, Any]

WINDOW, NEXT_WINDOW = "2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z"
NOT_OVER = {"window_start": "2027-01-01T00:00:00Z"}
RUN = {"name": "hourly-20261120T12Z"}
OTHER_RUN = {"name": "manual-20261120T13Z-0f3a99c1"}
STARTED = {"started_at": "2026-11-20T13:10:02.345Z"}

SCHEDULED: Payload = {
    **dict.fromkeys(("id", "detail-type", "source", "account", "region"), "x"),
    "version": "0",
    "time": "2026-11-20T13:10:00Z",
    "resources": [],
    "detail": {},
}

_ERROR = {"status": "failed", "error": "StoreUnavailable"}
_HOUR = {"window_start": WINDOW, "status": "failed", "error": "States.Timeout"}
_UNSEALED = {"window_start": WINDOW, "status": "unchanged", "unsealed": "States.Timeout"}
FAILED_RUNS: Sequence[Payload] = [
    {"name": "a-bad-hour", **STARTED, "results": [_HOUR], "judgement": _ERROR},
    {"name": "unsealed", **STARTED, "results": [_UNSEALED], "judgement": {"status": "judged"}},
    {"name": "unpublished", **STARTED, "results": [], "publication": _ERROR},
    {"name": "stopped", **STARTED, "error": "BadRequest"},
]
REFUSED: Sequence[tuple[str, Payload]] = [
    ("determine_hours", {}),
    ("determine_hours", {"window": 7}),
    ("determine_hours", {"window": "now"}),
    ("determine_hours", {"window": WINDOW, "colour": "red"}),
    ("determine_hours", {"from": WINDOW, "to": WINDOW}),
    ("determine_hours", {"from": WINDOW, "to": "2027-11-20T12:00:00Z"}),
    ("roll_up_hour", {"window_start": "2026-11-20T12:30:00Z"}),
    ("roll_up_hour", {"window_start": WINDOW, "window_end": WINDOW}),
    ("seal_hour", {"window_start": "2026-11-20"}),
    ("publish_alerts", {}),
    ("record_run", {"name": "x"}),
    ("record_run", {"name": "x", "started_at": "x"}),
]


def sqs_event(bodies: Sequence[str]) -> dict[str, Any]:
    numbered = enumerate(bodies, 1)
    return {"Records": [{"messageId": f"m-{number}", "body": body} for number, body in numbered]}


def strange_messages() -> list[str]:
    """Return messages that name no object that is there."""
    gone = history.OLD_OBJECT.replace("0007", "0009")
    return [
        '{"Event": "s3:TestEvent"}',
        "?",
        "{}",
        '{"Records": [{}]}',
        json.dumps({"Records": [{"s3": {"object": {"key": "raw/nothing"}}}]}),
        json.dumps({"Records": [{"s3": {"object": {"key": gone}}}]}),
    ]
