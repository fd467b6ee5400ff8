"""The query API by HTTP, on a local cloud that holds 30 days of 20 event types.

Each route takes turns with `/health` and with the calls that it makes to DynamoDB, made by plain
boto3: what is above both of them together is ours.
"""

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
from benchmarks.bare_calls import Bare, Recorder
from benchmarks.effort import Effort
from benchmarks.local_cloud import local_cloud
from benchmarks.row import Other, Row, measured, millis
from benchmarks.stopwatch import WALL_CLOCK, take_turns
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from ops.local.cloud import Cloud

TURNS = 25
# Where an empty round trip takes 3.5 ms, this is about 50 ms.
MAX_TIMES_HEALTH = 14

# Every 4 s an open page asks for so much, of the sum and of as many types as have colours.
REREAD_MS = 5 * MINUTE_MS
SHOWN = 6

type Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """`route` is its name in the read side.

    `given` returns the parameters, others each time where nothing is to be remembered.
    """

    name: str
    route: str
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
    shown = ",".join(["_all", *month.TYPES[:SHOWN]])
    whole = {"from": first.text, "to": now.text, "by": "day", "event_type": "_all"}

    def another_day() -> Given:
        day = next(days)
        return {"from": day.text, "to": day.plus(24).text}

    def of_a_page() -> Given:
        since_ms = time.time_ns() // 1_000_000 - REREAD_MS
        return {"from": instant.to_text(since_ms), "event_type": shown}

    return [
        Question("the last hour by minute", "live_metrics", "/metrics/live"),
        Question("what an open page asks", "live_metrics", "/metrics/live", of_a_page),
        Question(
            "the last day by hour, live", "live_metrics", "/metrics/live", lambda: {"by": "hour"}
        ),
        Question("a day by hour, for the first time", "metrics", "/metrics", another_day),
        Question("the last day by hour, again", "metrics", "/metrics"),
        Question("30 days by day of all types' sum, again", "metrics", "/metrics", lambda: whole),
        Question("event types of 7 days", "event_types", "/metrics/event-types"),
        Question("anomalies of 7 days", "anomalies", "/anomalies"),
        Question("runs of 7 days", "runs", "/runs"),
        Question("batches of a shard", "batches", "/batches", lambda: {"shard_id": shard}),
        Question("quarantine of a day, empty", "quarantine", "/quarantine"),
        Question("freshness", "freshness", "/freshness"),
        Question("the OpenAPI document", "openapi", "/openapi.json"),
    ]


def measure(effort: Effort) -> list[Row]:
    with local_cloud(effort) as cloud:
        now = Hour.of(time.time_ns() // 1_000_000)
        effort.say("filling the tables")
        month.fill(cloud, now)
        return measured_on(cloud, now, effort)


def measured_on(cloud: Cloud, now: Hour, effort: Effort) -> list[Row]:
    client = Client(cloud, urllib3.PoolManager(maxsize=1, retries=False, timeout=60))
    recorder = Recorder.of(cloud)
    rows = []
    for question in questions(cloud, now):
        effort.say(question.name)
        calls = recorder.calls_of(question.route, question.given())
        rows.append(_row(client, question, Bare(cloud.client("dynamodb"), calls)))
    return rows


def _row(client: Client, question: Question, bare: Bare) -> Row:
    health = Question("health", "health", "/health")
    taken, floor, calls = take_turns(
        lambda: client.get(question),
        lambda: client.get(health),
        bare,
        turns=TURNS,
        clock=WALL_CLOCK,
    )
    others = [
        Other(kind="floor", name="GET /health", costs=floor, at_most=MAX_TIMES_HEALTH),
        Other(kind="floor", name="its calls by boto3", costs=calls),
        Other(
            kind="floor",
            name="GET /health and its calls",
            costs=[one + other for one, other in zip(floor, calls, strict=True)],
        ),
    ]
    line = client.last_line(question.path)
    return measured(
        f"GET {question.path}, {question.name}",
        taken,
        millis(),
        *(others if bare.calls else others[:1]),
        note=f"{line.get('items_read', '?')} items, {bare.read_units():g} units,"
        f" {line.get('reads', '?')} calls",
    )
