"""What ingest adds to a request and to a cold start."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import orjson
from pydantic import TypeAdapter

from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.report import Row
from benchmarks.stopwatch import medians, micros_per_item
from chalicelib.model.event import ClientEvent
from chalicelib.model.stored import StreamRecord

ROOT = Path(__file__).parents[1]
EVENTS = 500
SIZES = (1, 3, 10, 30, 100, 300, EVENTS)
CALLS_A_ROUND = 100

FLOOR = """
from chalice.app import Chalice
from pydantic import BaseModel
class Model(BaseModel):
    name: str
import boto3
boto3.client("kinesis")
"""
READY = """
import app
from chalicelib.wiring import pipeline
pipeline().ingest.warm_up()
"""
TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


class NullStreams:
    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:  # noqa: ARG002
        return []


def measure(effort: Effort) -> list[Row]:
    effort.say("requests")
    with _quietly():
        one, many = handling_times()
    effort.say("cold starts")
    return [*one, *many, cold_start()]


def growth(effort: Effort) -> list[Curve]:
    points: dict[str, list[tuple[float, float]]] = {}
    with _quietly():
        app = _app()
        for size in SIZES:
            effort.say(f"requests of {size} events")
            batch = make_batch(size)
            works = {
                "ingest, whole request": _repeated(app, make_request("/events/batch", batch), 1),
                "floor: read, validate, write": _parsing(batch),
            }
            for name, micros in zip(works, micros_per_item(size, *works.values()), strict=True):
                points.setdefault(name, []).append((size, micros))
    return [
        Curve(
            name="ingest",
            title="Ingest: cost of an event over the size of a request",
            x="events in a request",
            y="µs per event",
            lines=points,
        )
    ]


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Chalice takes hold of stdout when the app is made, and logs a line a request."""
    os.environ.update(local_environment())
    with contextlib.redirect_stdout(_nowhere()):
        yield


@cache
def _nowhere() -> TextIO:
    """Return what stays open, since the app's logger holds on to the first it was given."""
    return Path(os.devnull).open("w")


def local_environment() -> dict[str, str]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    names: dict[str, str] = config["environment_variables"]
    variables: dict[str, str] = config["stages"]["local"]["environment_variables"]
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    return names | variables | keys | {"AWS_DEFAULT_REGION": "us-east-1"}


def _app() -> Any:
    from app import app
    from chalicelib.wiring import pipeline

    vars(pipeline().ingest)["stream_writer"] = NullStreams()
    return app


def handling_times() -> tuple[list[Row], list[Row]]:
    from chalice.app import Chalice

    app, empty = _app(), Chalice(app_name="empty")
    for path in ("/events", "/events/batch"):
        empty.route(path, methods=["POST"], name=path)(dict)
    return (
        [_own_time("one event", app, empty, "/events", make_event(0), CALLS_A_ROUND)],
        [
            _own_time("500 events", app, empty, "/events/batch", make_batch(EVENTS), 1),
            _over_parsing(app, make_batch(EVENTS)),
        ],
    )


def _own_time(name: str, app: Any, empty: Any, path: str, content: object, calls: int) -> Row:
    request = make_request(path, content)
    full, route = medians(_repeated(app, request, calls), _repeated(empty, request, calls))
    return Row(
        name=f"{name}, own time",
        figure=(full - route) / calls * 1000,
        unit="ms",
        floor=route / calls * 1000,
        floor_name="an empty Chalice route",
        at_most={"one event": 0.5, "500 events": 8.0}[name],
    )


def _repeated(app: Any, request: dict[str, Any], calls: int) -> Callable[[], None]:
    def work() -> None:
        for _ in range(calls):
            app(request, None)

    return work


def _over_parsing(app: Any, batch: list[dict[str, object]]) -> Row:
    request = make_request("/events/batch", batch)
    full, parsing = medians(_repeated(app, request, 1), _parsing(batch), repeats=15)
    return Row(
        name="500 events, whole request",
        figure=full * 1000,
        unit="ms",
        floor=parsing * 1000,
        floor_name="read, validate and write the JSON",
    )


def _parsing(batch: list[dict[str, object]]) -> Callable[[], None]:
    body, validator = orjson.dumps(batch), TypeAdapter(ClientEvent).validator

    def work() -> None:
        for event in orjson.loads(body):
            orjson.dumps(validator.validate_python(event))

    return work


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
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(content),
        "isBase64Encoded": False,
        "pathParameters": None,
        "stageVariables": None,
        "multiValueQueryStringParameters": None,
    }


def cold_start() -> Row:
    ready: list[float] = []
    floor: list[float] = []
    for _ in range(9):
        floor.append(_seconds_in_a_fresh_interpreter(FLOOR))
        ready.append(_seconds_in_a_fresh_interpreter(READY))
    return Row(
        name="cold start, ready to answer",
        figure=sorted(ready)[4] * 1000,
        unit="ms",
        floor=sorted(floor)[4] * 1000,
        floor_name="import chalice, pydantic; make a boto3 client",
        max_ratio=1.25,
    )


def _seconds_in_a_fresh_interpreter(code: str) -> float:
    timed = TIMED.format(f"exec({code!r})")
    done = subprocess.run(
        [sys.executable, "-c", timed],
        cwd=ROOT,
        env=os.environ | local_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)
