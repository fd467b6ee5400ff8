"""Requests as clients post them, in API Gateway's proxy format."""

from __future__ import annotations

import json
from typing import Any

KEY = "esw_benchmark"


def make_batch(size: int) -> list[dict[str, object]]:
    return [make_event(number) for number in range(size)]


def make_event(number: int) -> dict[str, object]:
    return {
        "event_type": ("page_view", "click", "user_action", "sensor_read")[number % 4],
        "source": "web",
        "user_id": f"usr_{number}",
        "session_id": f"ses_{number}",
        "properties": {
            "page": f"/products/{number}",
            "action": "scroll",
            "referrer": "https://www.example.com/search?q=shoes",
            "duration_ms": 250 + number,
            "device": "mobile",
        },
    }


def make_request(path: str, content: object) -> dict[str, Any]:
    return {
        "requestContext": {"resourcePath": path, "httpMethod": "POST"},
        "headers": {"Content-Type": "application/json", "X-Api-Key": KEY},
        "body": json.dumps(content),
        "isBase64Encoded": False,
        "pathParameters": None,
        "stageVariables": None,
        "multiValueQueryStringParameters": None,
    }
