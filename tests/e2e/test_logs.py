"""What the deployed functions leave in their logs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ops.local.cloud import Cloud
from tests.builders import make_client_event
from tests.e2e.http import ask

pytestmark = pytest.mark.e2e

LIMIT_S = 20.0


def reports(cloud: Cloud, function: str) -> list[dict[str, Any]]:
    found = cloud.session.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")
    texts = [event["message"] for event in found["events"]]
    return [json.loads(text) for text in texts if text.startswith("{")]


def awaited_report(cloud: Cloud, function: str) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_S
    while not (found := reports(cloud, function)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found[-1]


def test_an_event_leaves_a_line_in_the_log_of_every_function_on_its_way(cloud: Cloud) -> None:
    names = cloud.names
    event = make_client_event(user_id="a-name-of-somebody")

    assert ask(cloud.api_url, "POST", "/events", event, cloud.api_key).status == 200

    ways = {
        "api_handler": ("events ingested", "EventsAccepted"),
        "process_events": ("batch processed", "RecordsArchived"),
        "transform_raw": ("raw objects transformed", "ObjectsTransformed"),
    }
    for name, (message, metric) in ways.items():
        function = names.api_function if name == "api_handler" else names.function(name)
        line = awaited_report(cloud, function)
        assert (line["stage"], line["function"], line["message"]) == ("local", name, message)
        assert line["function_request_id"]
        assert line["correlation_id"]
        assert line[metric]
        assert "a-name-of-somebody" not in json.dumps(reports(cloud, function))
