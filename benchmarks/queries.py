"""The query API by HTTP, on a local cloud that holds 30 days of 20 event types."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlencode

import urllib3

from benchmarks import month
from benchmarks.effort import Effort
from benchmarks.local_cloud import local_cloud
from benchmarks.row import Other, Row, measured, millis
from benchmarks.stopwatch import WALL_CLOCK, take_turns
from chalicelib.model.hour import Hour
from ops.local.cloud import Cloud

TURNS = 25
# Where an empty round trip takes 25 ms, this is 50 ms.
MAX_TIMES_HEALTH = 2

type Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """`given` returns the parameters, others each time where nothing is to be remembered."""

    name: str
    path: str
    given: Callable[[], Given] = dict


@dataclass(frozen=True, slots=True)
class Client:
    cloud: Cloud
    pool: urllib3.PoolManager

    def get(self, question: Question) -> None:
        """Ask once.

        Raises:
            RuntimeError: the answer is not 200.
        """
        url = f"{self.cloud.api_url}{question.path}?{urlencode(question.given())}"
        reply = self.pool.request("GET", url, headers={"X-Api-Key": self.cloud.admin_key})
        if reply.status != HTTPStatus.OK:
            raise RuntimeError(f"{question.path}: {reply.status} {reply.data[:500]!r}")

    def last_line(self, path: str) -> Mapping[str, Any]:
        """Return the log line of the last answer of a route, empty if none was logged."""
        logs = self.cloud.session.client("logs")
        group = f"/aws/lambda/{self.cloud.names.api_function}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        found: Mapping[str, Any] = {}
        for page in pages:
            for event in page["events"]:
                for text in event["message"].splitlines():
                    if f'"route":"{path}"' in text:
                        found = json.loads(text)
        return found


def questions(cloud: Cloud, now: Hour) -> list[Question]:
    first = now.plus(-month.HOURS)
    days = (first.plus(24 * day) for day in count())
    shard = f"{cloud.names.stream('events')}-shardId-000000000000"
    whole = {"from": first.text, "to": now.text, "by": "day", "event_type": "_all"}

    def another_day() -> Given:
        day = next(days)
        return {"from": day.text, "to": day.plus(24).text}

    return [
        Question("the last hour by minute", "/metrics/live"),
        Question("the last day by hour, live", "/metrics/live", lambda: {"by": "hour"}),
        Question("a day by hour, for the first time", "/metrics", another_day),
        Question("the last day by hour, again", "/metrics"),
        Question("30 days by day of all types' sum, again", "/metrics", lambda: whole),
        Question("event types of 7 days", "/metrics/event-types"),
        Question("anomalies of 7 days", "/anomalies"),
        Question("runs of 7 days", "/runs"),
        Question("batches of a shard", "/batches", lambda: {"shard_id": shard}),
        Question("quarantine of a day, empty", "/quarantine"),
        Question("freshness", "/freshness"),
        Question("the OpenAPI document", "/openapi.json"),
    ]


def measure(effort: Effort) -> list[Row]:
    with local_cloud(effort) as cloud:
        now = Hour.of(time.time_ns() // 1_000_000)
        effort.say("filling the tables")
        month.fill(cloud, now)
        return measured_on(cloud, now, effort)


def measured_on(cloud: Cloud, now: Hour, effort: Effort) -> list[Row]:
    client = Client(cloud, urllib3.PoolManager(maxsize=1, retries=False, timeout=60))
    rows = []
    for question in questions(cloud, now):
        effort.say(question.name)
        rows.append(_row(client, question))
    return rows


def _row(client: Client, question: Question) -> Row:
    health = Question("health", "/health")
    taken, floor = take_turns(
        lambda: client.get(question),
        lambda: client.get(health),
        turns=TURNS,
        clock=WALL_CLOCK,
    )
    line = client.last_line(question.path)
    return measured(
        f"GET {question.path}, {question.name}",
        taken,
        millis(),
        Other(kind="floor", name="GET /health", costs=floor, at_most=MAX_TIMES_HEALTH),
        note=f"{line.get('items_read', '?')} items, {line.get('read_units', '?')} units,"
        f" {line.get('reads', '?')} calls",
    )
