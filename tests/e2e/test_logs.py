"""What the deployed functions leave in their logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.wiring.world import now_ms
from ops.local.cloud import Cloud
from tests.builders import make_client_event
from tests.e2e.http import post_event
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

type Report = dict[str, Any]

WAY = {
    "api_handler": ("events ingested", "EventsAccepted"),
    "process_events": ("batch processed", "RecordsArchived"),
    "transform_raw": ("raw objects transformed", "RowsWritten"),
}


def log_of(cloud: Cloud, name: str, since_ms: int) -> list[Report]:
    """Return the lines since a moment: the local cloud lists no more than 10,000."""
    names = cloud.names
    function = names.api_function if name == "api_handler" else names.function(name)
    groups = cloud.session.client("logs").get_paginator("describe_log_groups")
    group = f"/aws/lambda/{function}"
    found = groups.paginate(logGroupNamePrefix=group).build_full_result().get("logGroups", [])
    if group not in {one["logGroupName"] for one in found}:
        return []
    lines = cloud.session.client("logs").get_paginator("filter_log_events")
    pages = lines.paginate(logGroupName=group, startTime=since_ms)
    events = pages.build_full_result().get("events", [])
    texts = [event["message"] for event in events]
    return [json.loads(text) for text in texts if text.startswith("{")]


def line_of(cloud: Cloud, name: str, since_ms: int) -> Report:
    """Wait for a line about something done; others are of an attempt for nothing."""
    message, metric = WAY[name]

    def find() -> Report | None:
        lines = log_of(cloud, name, since_ms)
        return next((one for one in lines if one["message"] == message and one.get(metric)), None)

    return wait_for(find, f"line of {name}")


@pytest.fixture(scope="module")
def since_ms() -> int:
    return now_ms()


@pytest.fixture(scope="module")
def lines(cloud: Cloud, since_ms: int) -> dict[str, Report]:
    """What each function logged about one event."""
    post_event(cloud, make_client_event(user_id="a-name-of-somebody"))

    return {name: line_of(cloud, name, since_ms) for name in WAY}


@pytest.mark.parametrize("name", WAY)
def test_an_event_leaves_a_line_in_the_log_of_every_function_on_its_way(
    lines: dict[str, Report], name: str
) -> None:
    line = lines[name]

    assert (line["stage"], line["function"]) == ("local", name)
    assert line["function_request_id"]
    assert line["correlation_id"]


@pytest.mark.parametrize("name", WAY)
def test_no_log_names_a_user(
    cloud: Cloud, lines: dict[str, Report], since_ms: int, name: str
) -> None:
    assert "a-name-of-somebody" not in json.dumps(log_of(cloud, name, since_ms))
