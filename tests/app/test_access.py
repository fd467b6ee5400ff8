"""Who may do what: every route with a key of every scope, as a client meets it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from chalice.config import Config
from chalice.local import LocalGateway
from moto import mock_aws

from app import app
from chalicelib.access.scopes import SCOPES
from chalicelib.model.scope import Scope
from chalicelib.query.openapi import document
from chalicelib.query.routes import ROUTES as QUERIES
from chalicelib.wiring import using
from tests.app.api import Reply
from tests.builders import make_client_event, make_pipeline
from tests.fakes import FakeKeys, FakeStreams, Faults

KEYS = {f"es{scope[0]}_{scope * 6}": scope for scope in Scope}
KEY_OF = {scope: key for key, scope in KEYS.items()}
ROUTES = [(method, path) for path, methods in app.routes.items() for method in methods]
DOCUMENT: Any = document(QUERIES, max_batch_events=500)
GUARDED = [route for route in ROUTES if SCOPES[route]]


@pytest.fixture(autouse=True, scope="module")
def aws() -> Iterator[None]:
    """Let what is opened find an account without tables, at once and in this process."""
    with mock_aws():
        yield


@contextmanager
def guarded(keys: FakeKeys | None = None) -> Iterator[FakeStreams]:
    streams = FakeStreams()
    with using(make_pipeline(keys=keys or FakeKeys(dict(KEYS)), stream_writer=streams)):
        yield streams


def send(
    method: str,
    path: str,
    key: str | None,
    header: str = "X-Api-Key",
    content_type: str = "application/json",
) -> Reply:
    """Hand the app what API Gateway would hand it."""
    request = {
        "requestContext": {"resourcePath": path, "httpMethod": method},
        "headers": {"Content-Type": content_type} | ({header: key} if key else {}),
        "body": json.dumps(make_client_event() if path == "/events" else [make_client_event()]),
        "isBase64Encoded": False,
        "pathParameters": {"file": "app.js", "experiment_id": "button", "user_id": "usr_1"},
        "stageVariables": None,
        "multiValueQueryStringParameters": None,
    }
    response = json.loads(json.dumps(app(request, None)))
    return Reply(response["statusCode"], response["headers"], response["body"])


def test_every_route_is_in_the_table_of_scopes() -> None:
    assert [route for route in ROUTES if route not in SCOPES] == []


def test_every_documented_route_is_in_the_table_of_scopes() -> None:
    assert {(route.method, route.path) for route in QUERIES} <= SCOPES.keys()


def test_api_gateway_asks_for_a_key_where_the_app_does() -> None:
    asks = {
        (method, path): bool(entry.api_key_required)
        for path, methods in app.routes.items()
        for method, entry in methods.items()
    }

    assert asks == {route: bool(SCOPES[route]) for route in ROUTES}


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_key_opens_the_routes_of_its_scope_alone(route: tuple[str, str], scope: Scope) -> None:
    with guarded():
        reply = send(*route, KEY_OF[scope])

    if scope in SCOPES[route]:
        assert reply.status not in {401, 403}
    else:
        assert (reply.status, reply.codes) == (403, ["scope_not_allowed"])


@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
@pytest.mark.parametrize(
    ("key", "code"), [(None, "key_missing"), ("", "key_missing"), ("stranger", "key_unknown")]
)
def test_without_a_key_that_is_in_use_nothing_is_opened(
    route: tuple[str, str], key: str | None, code: str
) -> None:
    with guarded() as streams:
        reply = send(*route, key)

    assert (reply.status, reply.codes) == (403, [code])
    assert streams.records == {}


@pytest.mark.parametrize("key", [None, "stranger", KEY_OF[Scope.READ]])
def test_health_is_open_to_everyone(key: str | None) -> None:
    with guarded():
        assert send("GET", "/health", key).status == 200


@pytest.mark.parametrize("header", ["x-api-key", "X-API-KEY", "X-Api-Key"])
def test_the_headers_name_may_be_written_in_any_case(header: str) -> None:
    with guarded():
        assert send("POST", "/events", KEY_OF[Scope.WRITE], header).status == 200


@pytest.mark.parametrize("key", [None, "stranger", KEY_OF[Scope.READ]])
def test_a_page_of_another_origin_can_read_a_refusal(key: str | None) -> None:
    with guarded():
        stored = send("POST", "/events", KEY_OF[Scope.WRITE])
        refused = send("POST", "/events", key)

    assert refused.headers["Content-Type"] == "application/json"
    assert refused.headers["Cache-Control"] == "no-store"
    cors = {name for name in stored.headers if name.startswith("Access-Control-")}
    assert {n: refused.headers[n] for n in cors} == {n: stored.headers[n] for n in cors}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_page_of_another_origin_may_send_every_header_that_is_documented(
    method: str, path: str
) -> None:
    operation = DOCUMENT["paths"].get(path, {}).get(method.lower(), {})
    named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}

    response = LocalGateway(app, Config()).handle_request("OPTIONS", path, {}, b"")

    allowed = response["headers"]["Access-Control-Allow-Headers"].split(",")
    assert named | {"Content-Encoding", "Content-Type", "X-Api-Key"} <= {*allowed}
    assert method in response["headers"]["Access-Control-Allow-Methods"].split(",")


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET"])
def test_a_question_is_answered_whatever_it_says_of_the_body_that_it_lacks(path: str) -> None:
    with guarded():
        usual = send("GET", path, KEY_OF[Scope.ADMIN])
        other = send("GET", path, KEY_OF[Scope.ADMIN], content_type="text/plain")

    assert other.status == usual.status != 415


def test_while_no_key_can_be_checked_clients_are_asked_to_come_back() -> None:
    with guarded(FakeKeys(dict(KEYS), Faults(lambda: "fails_before"))) as streams:
        reply = send("POST", "/events", KEY_OF[Scope.WRITE])

    assert (reply.status, reply.codes) == (503, ["store_unavailable"])
    assert int(reply.headers["Retry-After"]) > 0
    assert streams.records == {}


def test_a_key_is_checked_by_chalice_local_too() -> None:
    gateway = LocalGateway(app, Config())
    headers = {"content-type": "application/json"}
    body = json.dumps(make_client_event()).encode()
    with guarded():
        refused = gateway.handle_request(
            "POST", "/events", {**headers, "x-api-key": KEY_OF[Scope.READ]}, body
        )
        stored = gateway.handle_request(
            "POST", "/events", {**headers, "x-api-key": KEY_OF[Scope.WRITE]}, body
        )

    assert (refused["statusCode"], stored["statusCode"]) == (403, 200)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    [handler] = logging.getLogger("eventstream").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("key", [*KEYS, "stranger-of-a-key"])
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_key_is_in_no_log_line_and_in_no_answer(
    route: tuple[str, str], key: str, log: io.StringIO
) -> None:
    with guarded():
        reply = send(*route, key)

    assert key not in log.getvalue()
    assert key not in reply.text
    assert key not in json.dumps(dict(reply.headers))


def test_a_refusal_is_logged_with_its_route_and_reason(log: io.StringIO) -> None:
    with guarded():
        send("POST", "/events/batch", KEY_OF[Scope.READ])

    [line] = lines(log)
    assert line["message"] == "request refused"
    assert line["route"] == "/events/batch"
    assert line["codes"] == {"scope_not_allowed": 1}


def test_an_event_that_was_not_admitted_in_an_outage_counts_as_unstored(log: io.StringIO) -> None:
    with guarded(FakeKeys(dict(KEYS), Faults(lambda: "fails_before"))):
        send("POST", "/events", KEY_OF[Scope.WRITE])

    [line] = lines(log)
    assert line["EventsUnstored"] == [1.0]
    assert line["store_error"] == "fails_before"


def test_a_view_can_read_the_scope_of_the_key() -> None:
    with guarded():
        send("POST", "/events", KEY_OF[Scope.ADMIN])

    assert app.current_request
    assert app.current_request.context["scope"] is Scope.ADMIN
