from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import StoreUnavailable, Unreadable
from chalicelib.model.scope import Scope
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.parameters import limit
from chalicelib.query.reply import Reply
from chalicelib.query.route import Route
from chalicelib.query.serve import Serve
from tests.unit.query.builders import NOW_MS
from tests.unit.query.fakes import FakeMeter

LIMIT = limit(10, 100)
ROUTE = Route(name="echo", path="/echo", summary="", parameters=(LIMIT,))


def echo(asked: Asked) -> Found:
    return Found({"limit": asked[LIMIT], "scope": asked.scope}, 30)


def fail(_: Asked) -> Found:
    raise StoreUnavailable("throttled")


def serve(
    read: Callable[[Asked], Found] = echo, scope: Scope | None = None, **request: Any
) -> Reply:
    serving = Serve(route=ROUTE, read=read, clock=lambda: NOW_MS, meter=FakeMeter())
    return serving({**request, "requestContext": {"scope": scope}})


def test_what_was_found_is_json_that_may_be_kept() -> None:
    reply = serve(multiValueQueryStringParameters={"limit": ["5"]}, scope=Scope.ADMIN)

    assert (reply.status, json.loads(reply.body)) == (200, {"limit": 5, "scope": "admin"})
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "private, max-age=30"


def test_what_is_kept_is_only_for_the_key_that_it_was_answered_to() -> None:
    tag = serve().headers["ETag"]

    assert serve().headers["Vary"] == "X-Api-Key"
    assert serve(headers={"If-None-Match": tag}).headers["Vary"] == "X-Api-Key"


def test_what_needs_no_key_may_be_kept_for_any() -> None:
    public = replace(ROUTE, path="/openapi.json")
    serving = Serve(route=public, read=echo, clock=lambda: NOW_MS, meter=FakeMeter())

    assert "Vary" not in serving({"requestContext": {}}).headers


def test_what_must_not_be_kept_says_so() -> None:
    reply = serve(lambda asked: replace(echo(asked), max_age_s=None))

    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("known", ["{}", '"other", {}', "W/{}", "*"])
@pytest.mark.parametrize("header", ["If-None-Match", "if-none-match"])
def test_a_client_that_has_the_answer_is_not_sent_it_again(known: str, header: str) -> None:
    tag = serve().headers["ETag"]

    reply = serve(headers={header: known.format(tag)})

    assert (reply.status, reply.body) == (304, "")
    assert reply.headers == {
        "ETag": tag,
        "Cache-Control": "private, max-age=30",
        "Vary": "X-Api-Key",
    }


def test_a_client_that_has_another_answer_is_sent_this_one() -> None:
    other = serve(multiValueQueryStringParameters={"limit": ["5"]}).headers["ETag"]

    assert serve(headers={"If-None-Match": other}).status == 200


def test_a_refusal_names_every_problem() -> None:
    reply = serve(multiValueQueryStringParameters={"limit": ["0"], "colour": ["red"]})

    assert reply.status == 400
    assert json.loads(reply.body) == {
        "errors": [
            {
                "index": None,
                "field": "colour",
                "code": "unknown_parameter",
                "message": "colour is not a parameter of this route; those are limit",
            },
            {
                "index": None,
                "field": "limit",
                "code": "out_of_range",
                "message": "limit must be from 1 to 100",
            },
        ]
    }
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_store_that_can_not_be_read_is_503() -> None:
    reply = serve(fail)

    assert reply.status == 503
    assert json.loads(reply.body)["errors"][0]["code"] == "store_unavailable"
    assert int(reply.headers["Retry-After"]) > 0


def test_rollups_of_an_earlier_version_are_a_conflict_and_say_what_helps() -> None:
    def read(_: Asked) -> Found:
        raise Unreadable("click", "2026-11-20T12:00:00Z", "users_hll")

    reply = serve(read)

    [error] = json.loads(reply.body)["errors"]
    assert (reply.status, error["field"], error["code"]) == (409, "from", "rollup_outdated")
    assert "Retry-After" not in reply.headers
    assert error["message"] == (
        "an earlier version stored a rollup that can't be merged: click 2026-11-20T12:00:00Z"
        " users_hll; roll the hour up again with python -m ops rollup, or leave it out of the"
        " range"
    )


def test_the_log_line_says_how_long_the_answer_took() -> None:
    times = iter([NOW_MS, NOW_MS + 37])
    serving = Serve(route=ROUTE, read=echo, clock=lambda: next(times), meter=FakeMeter())

    reply = serving({"requestContext": {}})

    assert reply.line["duration_ms"] == 37


def test_the_log_line_has_the_reads_and_nothing_that_a_client_sent() -> None:
    found, refused, failed = (
        serve(),
        serve(multiValueQueryStringParameters={"secret": ["x"]}),
        serve(fail),
    )

    common = {"event": "query answered", "route": "/echo", "duration_ms": 0, "items_read": 1}
    assert found.line == common | {"status": 200, "bytes": len(found.body)}
    assert refused.line == common | {"status": 400, "codes": {"unknown_parameter": 1}}
    assert failed.line == common | {
        "status": 503,
        "store_error": "throttled",
        "codes": {"store_unavailable": 1},
    }
    assert found.measures == {}
