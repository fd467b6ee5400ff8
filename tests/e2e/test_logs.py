"""What the deployed functions leave in their logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

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


def log_of(cloud: Cloud, name: str) -> list[Report]:
    names = cloud.names
    function = names.api_function if name == "api_handler" else names.function(name)
    groups = cloud.session.client("logs").get_paginator("describe_log_groups")
    group = f"/aws/lambda/{function}"
    found = groups.paginate(logGroupNamePrefix=group).build_full_result().get("logGroups", [])
    if group not in {one["logGroupName"] for one in found}:
        return []
    lines = cloud.session.client("logs").get_paginator("filter_log_events")
    events = lines.paginate(logGroupName=group).build_full_result().get("events", [])
    texts = [event["message"] for event in events]
    return [json.loads(text) for text in texts if text.startswith("{")]


def work_of(cloud: Cloud, name: str) -> list[Report]:
    """The lines about something done; there are others, such as of an attempt for nothing."""
    message, metric = WAY[name]
    return [
        line for line in log_of(cloud, name) if line["message"] == message and line.get(metric)
    ]


def line_after(cloud: Cloud, name: str, n: int) -> Report:
    """Wait for the line that follows the first `n`."""

    def find() -> Report | None:
        return next(iter(work_of(cloud, name)[n:]), None)

    return wait_for(find, f"line of {name}")


@pytest.fixture(scope="module")
def lines(cloud: Cloud) -> dict[str, Report]:
    """What each function logged about one event."""
    before = {name: len(work_of(cloud, name)) for name in WAY}

    post_event(cloud, make_client_event(user_id="a-name-of-somebody"))

    return {name: line_after(cloud, name, n) for name, n in before.items()}


@pytest.mark.parametrize("name", WAY)
def test_an_event_leaves_a_line_in_the_log_of_every_function_on_its_way(
    lines: dict[str, Report], name: str
) -> None:
    line = lines[name]

    assert (line["stage"], line["function"]) == ("local", name)
    assert line["function_request_id"]
    assert line["correlation_id"]


@pytest.mark.parametrize("name", WAY)
def test_no_log_names_a_user(cloud: Cloud, lines: dict[str, Report], name: str) -> None:
    assert "a-name-of-somebody" not in json.dumps(log_of(cloud, name))
