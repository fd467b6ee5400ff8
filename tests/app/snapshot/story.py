"""One day in the life of the pipeline, from requests to alerts, through its triggers alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import Any
from urllib.parse import unquote

import boto3

from tests.app.snapshot import cloud, history, payloads
from tests.app.snapshot.events import NOW_MS
from tests.app.snapshot.fixed_time import FixedTime
from tests.app.snapshot.invoke import API, Invoker, invoker
from tests.app.snapshot.posts import UNSTORED, Post, posts
from tests.app.snapshot.records import (
    OTHER_SHARD,
    Put,
    bypassing,
    kinesis_event,
    stream_event,
)
from tests.app.snapshot.wiring import pipeline_of

EVENTS = "eventstream-local-events"
STREAMS = {
    "process_events": EVENTS,
    "process_clicks": "eventstream-local-clicks",
    "process_checkouts": "eventstream-local-checkouts",
}
PROCESS_MS = NOW_MS + 120_000
TRANSFORM_MS = NOW_MS + 180_000
# 2026-11-20T13:10:00Z
ROLLUP_MS = NOW_MS + 40 * 60_000
TOO_LITTLE_MS = 1_000
# The message about it is withheld, so that the lake lacks a record.
UNDELIVERED = "event_type=login_failed/"


@dataclass(slots=True)
class Story:
    """What was observed on the way, in order; `clock` is the pipeline's."""

    invoke: Invoker
    clock: FixedTime
    variables: Mapping[str, str]
    answers: list[dict[str, Any]] = field(default_factory=list)
    invocations: list[dict[str, Any]] = field(default_factory=list)
    puts: dict[str, list[Put]] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> None:
        self._put_history()
        self._post()
        self._process()
        self._transform()
        self._judge(self._roll_up())
        self._leave_unpublished()
        self.tables = {name: cloud.table(name) for name in cloud.TABLES}
        self._lose_the_ledger()

    def _put_history(self) -> None:
        cloud.put_items("aggregates", list(history.aggregates()))
        cloud.put_items("anomalies", list(history.anomalies()))
        cloud.put_items("keys", list(history.keys()))
        bucket, s3 = self.variables["RAW_BUCKET"], boto3.client("s3")
        s3.put_object(Bucket=bucket, Key=history.OLD_OBJECT, Body=history.OLD_BODY)
        s3.put_object(Bucket=bucket, Key=history.DAMAGED_OBJECT, Body=history.OLD_BODY[:-1])

    def _post(self) -> None:
        for number, post in enumerate(posts()):
            self._answer(post, number)
        self.puts = {stream: cloud.stream(stream) for stream in STREAMS.values()}
        boto3.client("kinesis").delete_stream(StreamName=STREAMS["process_checkouts"])
        for number, post in enumerate(UNSTORED, 100):
            self._answer(post, number)

    def _answer(self, post: Post, number: int) -> None:
        self.clock.now_ms = NOW_MS + 1_000 * number
        note = self.invoke.noted(API, post.request)
        self.answers.append({"post": f"{post.name}, to {post.path}"} | note)

    def _process(self) -> None:
        one_more = [Put("usr_1", json.dumps(stream_event(event_id="one-more")).encode())]
        first = {**self.puts, EVENTS: [*self.puts[EVENTS], *bypassing()]}
        for name, stream in STREAMS.items():
            self._call(name, kinesis_event(stream, first[stream]), PROCESS_MS)
        other = kinesis_event(STREAMS["process_clicks"], one_more, shard=OTHER_SHARD)
        self._call("process_clicks", other, PROCESS_MS)
        again = kinesis_event(EVENTS, [*first[EVENTS], *one_more])
        self._call("process_events", again, PROCESS_MS, left_ms=TOO_LITTLE_MS)
        self._call("process_events", again, PROCESS_MS + 60_000)
        # As of a stream that was created again: below the checkpoint, and later than its commit.
        below = kinesis_event(EVENTS, one_more, arrived_ms=PROCESS_MS + 120_000)
        self._call("process_events", below, PROCESS_MS + 180_000)

    def _transform(self) -> None:
        found = cloud.announcements()
        bodies = [body for body in found if UNDELIVERED not in unquote(body)]
        for batch in (*batched(bodies, 10), payloads.strange_messages()):
            self._call("transform_raw", payloads.sqs_event(batch), TRANSFORM_MS)

    def _roll_up(self) -> list[Any]:
        asked = {"from": payloads.WINDOW, "to": payloads.NEXT_WINDOW}
        self._call("start_hourly_rollup", payloads.SCHEDULED)
        self._call("determine_hours", asked)
        work = self._call("determine_hours", {"window": payloads.WINDOW})
        due = [hour for hour in work["hours"] if "status" not in hour]
        more = (payloads.NEXT_WINDOW, history.CLAIMED_HOUR)
        hours = [*due, *({"window_start": hour} for hour in more)]
        return [self._call("roll_up_hour", hour) for hour in hours]

    def _judge(self, results: list[Any]) -> None:
        judgement = self._call("judge_hours", {})
        with self._no_topic():
            self._call("publish_alerts", payloads.RUN)
        publication = self._call("publish_alerts", payloads.RUN)
        whole = {"results": results, "judgement": judgement, "publication": publication}
        for run in ({**payloads.RUN, **payloads.STARTED, **whole}, *payloads.FAILED_RUNS):
            self._call("record_run", run)
        # The hours keep their small files, so that the lake shows what transform wrote.
        self._call("seal_hour", payloads.NOT_OVER)
        for name, payload in payloads.REFUSED:
            self._call(name, payload)

    def _leave_unpublished(self) -> None:
        self.alerts = cloud.alerts(self.variables["ALERTS_TOPIC"])
        cloud.put_items("anomalies", [history.unpublished()])
        with self._no_topic():
            self._call("publish_alerts", payloads.OTHER_RUN)

    def _lose_the_ledger(self) -> None:
        """Process a batch that can't be committed; nothing works afterwards."""
        boto3.client("dynamodb").delete_table(TableName="eventstream-local-batches")
        self._call("process_events", kinesis_event(EVENTS, self.puts[EVENTS]), PROCESS_MS)

    @contextmanager
    def _no_topic(self) -> Iterator[None]:
        sns = boto3.client("sns")
        sns.delete_topic(TopicArn=self.variables["ALERTS_TOPIC"])
        yield
        sns.create_topic(Name=self.variables["ALERTS_TOPIC"].rpartition(":")[2])

    def _call(
        self, name: str, event: Mapping[str, Any], at_ms: int = ROLLUP_MS, **limits: int
    ) -> Any:
        self.clock.now_ms = at_ms
        note = self.invoke.noted(name, event, **limits)
        self.invocations.append(note)
        return note.get("returns")


@contextmanager
def story() -> Iterator[Story]:
    """Run the story in a cloud that exists until the block ends."""
    clock = FixedTime()
    with (
        cloud.cloud() as variables,
        invoker() as invoke,
        pipeline_of({**variables, "ANOMALY_MUTES": "ping"}, clock),
    ):
        lived = Story(invoke, clock, variables)
        lived.run()
        yield lived
