"""What ingest adds to a request and to a cold start."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TextIO

import orjson
from pydantic import TypeAdapter

from benchmarks.cold_start import cold_start
from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.http_requests import KEY, make_batch, make_event, make_request
from benchmarks.row import Other, Row, measured, millis
from benchmarks.stage_environment import local_environment
from benchmarks.stopwatch import CPU_CLOCK, Work, micros_per_item, repeated, take_turns
from chalicelib.access.digest import digest_of
from chalicelib.access.ports import ListedKey
from chalicelib.model.event import ClientEvent
from chalicelib.model.scope import Scope
from chalicelib.model.stored import StreamRecord

EVENTS = 500
SIZES = (1, 3, 10, 30, 100, 300, EVENTS)
MAX_TIMES_PARSING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a request is compared with an empty route, and how many times its cost is allowed.

    Both are called equally often in a row. A single call of the empty route, right after another
    request, takes about twice as long as one of many in a row, because the caches are cold.
    """

    name: str
    path: str
    content: object
    calls: int
    turns: int
    at_most: float


class NullStreams:
    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:  # noqa: ARG002
        return []


def measure(effort: Effort) -> list[Row]:
    effort.say("requests")
    with _quietly():
        rows = handling_times()
    effort.say("cold starts")
    return [*rows, cold_start()]


def growth(effort: Effort) -> list[Curve]:
    points: dict[str, list[tuple[float, float]]] = {}
    with _quietly():
        app = _app()
        for size in SIZES:
            effort.say(f"requests of {size} events")
            batch = make_batch(size)
            works: dict[str, Work] = {
                "ingest, whole request": partial(app, make_request("/events/batch", batch), None),
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


class OneKey:
    def listed(self) -> Sequence[ListedKey]:
        return [ListedKey(digest_of(KEY), Scope.WRITE)]


def _app() -> Any:
    from chalicelib.wiring import pipeline

    # Before the app is made, which reads the keys.
    vars(pipeline().access)["keys"] = OneKey()
    from app import app

    vars(pipeline().ingest)["stream_writer"] = NullStreams()
    return app


def handling_times() -> list[Row]:
    batch = make_batch(EVENTS)
    one = Plan(
        name="one event, own time",
        path="/events",
        content=make_event(0),
        calls=100,
        turns=31,
        at_most=12,
    )
    many = Plan(
        name=f"{EVENTS} events, own time",
        path="/events/batch",
        content=batch,
        calls=1,
        turns=151,
        at_most=160,
    )
    app = _app()
    return [_own_time(app, one), _own_time(app, many), _whole_request(app, batch)]


def _own_time(app: Any, plan: Plan) -> Row:
    request = make_request(plan.path, plan.content)
    full, route = take_turns(
        repeated(partial(app, request, None), plan.calls),
        repeated(partial(_empty_app(plan.path), request, None), plan.calls),
        turns=plan.turns,
        clock=CPU_CLOCK,
    )
    return measured(
        plan.name,
        [full_s - route_s for full_s, route_s in zip(full, route, strict=True)],
        millis(plan.calls),
        Other(
            kind="floor",
            name=f"an empty Chalice route, calls in a row: {plan.calls}",
            costs=route,
            at_most=plan.at_most,
        ),
    )


def _empty_app(path: str) -> Any:
    from chalice.app import Chalice

    empty = Chalice(app_name="empty")
    empty.route(path, methods=["POST"])(dict)
    return empty


def _whole_request(app: Any, batch: Sequence[dict[str, object]]) -> Row:
    full, parsing = take_turns(
        partial(app, make_request("/events/batch", batch), None),
        _parsing(batch),
        turns=151,
        clock=CPU_CLOCK,
    )
    return measured(
        f"{EVENTS} events, whole request",
        full,
        millis(),
        Other(
            kind="floor",
            name="read, validate and write the JSON",
            costs=parsing,
            at_most=MAX_TIMES_PARSING,
        ),
    )


def _parsing(batch: Sequence[dict[str, object]]) -> Work:
    body, validator = orjson.dumps(batch), TypeAdapter(ClientEvent).validator

    def work() -> None:
        for event in orjson.loads(body):
            orjson.dumps(validator.validate_python(event))

    return work
