"""One round through a local cloud, from a POST until its events are rolled up."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.lake import keys
from chalicelib.model.hour import Hour
from chalicelib.rollup import execution
from ops.demo.read_api import ReadApi
from ops.local.cloud import Cloud
from ops.traffic.sending.http_exchange import HttpExchange

EVENTS = 100
PATIENCE_S = 60.0
POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Lap:
    """Seconds since the request was begun; `n_rolled` is what the rollup holds in the end.

    `empty_s` is what a request took right before that only reads the API's health.
    """

    empty_s: float
    answered_s: float
    counted_s: float
    shown_s: float
    in_lake_s: float
    rolled_s: float
    n_rolled: int


@dataclass(frozen=True, slots=True)
class Course:
    """The same way round after round, each with an hour and an event type of its own."""

    cloud: Cloud
    post: HttpExchange
    counts: DynamoLiveCounts
    read: ReadApi

    @classmethod
    def of(cls, cloud: Cloud) -> Course:
        counts = DynamoLiveCounts(cloud.client("dynamodb"), cloud.names.table("metrics"))
        post = HttpExchange.open(cloud, connections=1)
        return cls(cloud, post, counts, ReadApi(cloud.api_url, cloud.read_key))

    def run(self, number: int) -> Lap:
        empty_s = self._empty_round_trip()
        hour = Hour.of(time.time_ns() // 1_000_000).plus(-number - 1)
        event_type, began = f"round_{number}", time.perf_counter()
        reply = self.post(_body(event_type, hour))
        answered = time.perf_counter()
        if reply.status != HTTPStatus.OK:
            raise RuntimeError(str(reply))
        counted = _once(lambda: self._n_counted(hour, event_type) >= EVENTS, "in the counters")
        shown = _once(lambda: self._n_shown(hour, event_type) >= EVENTS, "in the API's answer")
        in_lake = _once(lambda: self._n_in_lake(hour, event_type) >= EVENTS, "in the lake")
        run = self._start_rollup(hour)
        rolled = _once(lambda: self._n_rolled(hour, event_type) > 0, "in the rollup")
        # What a run does afterwards would make the next round wait.
        _once(lambda: self._has_ended(run), "judged")
        return Lap(
            empty_s=empty_s,
            answered_s=answered - began,
            counted_s=counted - began,
            shown_s=shown - began,
            in_lake_s=in_lake - began,
            rolled_s=rolled - began,
            n_rolled=self._n_rolled(hour, event_type),
        )

    def _empty_round_trip(self) -> float:
        began = time.perf_counter()
        reply = self.post.pool.request("GET", f"{self.cloud.api_url}/health")
        if reply.status != HTTPStatus.OK:
            raise RuntimeError(str(reply.status))
        return time.perf_counter() - began

    def _n_counted(self, hour: Hour, event_type: str) -> int:
        return self.counts.records_by_type(hour).get(event_type, 0)

    def _n_shown(self, hour: Hour, event_type: str) -> int:
        """Ask as an open page does."""
        span = {"from": hour.window_start, "to": hour.plus(1).window_start}
        answer = self.read.get("/metrics/live", by="hour", event_type=event_type, **span)
        return sum(row["records"] for row in answer["rows"])

    def _n_in_lake(self, hour: Hour, event_type: str) -> int:
        """Add up what the hour's files of this type say that they hold."""
        s3, bucket = self.cloud.client("s3"), self.cloud.names.lake_bucket
        prefix = f"{keys.prefix_of(hour)}{event_type}-"
        files = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        heads = [s3.head_object(Bucket=bucket, Key=file["Key"]) for file in files]
        return sum(int(head["Metadata"]["records"]) for head in heads)

    def _start_rollup(self, hour: Hour) -> str:
        request = execution.manual(hour, hour.plus(1), secrets.token_hex(4))
        started = self.cloud.client("stepfunctions").start_execution(
            stateMachineArn=self.cloud.names.rollup_state_machine_arn,
            name=request.name,
            input=json.dumps(request.payload),
        )
        return started["executionArn"]

    def _has_ended(self, run: str) -> bool:
        found = self.cloud.client("stepfunctions").describe_execution(executionArn=run)
        return found["status"] != "RUNNING"

    def _n_rolled(self, hour: Hour, event_type: str) -> int:
        item = self.counts.client.get_item(
            TableName=self.cloud.names.table("aggregates"),
            Key={"event_type": {"S": event_type}, "window_start": {"S": hour.window_start}},
            ConsistentRead=True,
        ).get("Item", {})
        return int(item["n_events"]["N"]) if item else 0


def _body(event_type: str, hour: Hour) -> bytes:
    event = {
        "event_type": event_type,
        "source": "benchmark",
        "timestamp": hour.start_ms,
        "properties": {"page": "/products/1", "duration_ms": 250},
    }
    return json.dumps([event | {"user_id": f"usr_{n}"} for n in range(EVENTS)]).encode()


def _once(holds: Callable[[], bool], where: str) -> float:
    """Return when it holds, on the clock of `perf_counter`.

    Raises:
        TimeoutError: it doesn't hold in time.
    """
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until:
        if holds():
            return time.perf_counter()
        time.sleep(POLL_S)
    raise TimeoutError(f"the events are not {where} after {PATIENCE_S:.0f} s")
