from __future__ import annotations

import base64
import json

import pytest
from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import Client

from app import app
from chalicelib.model.code import Code
from tests.app.api import Api, api_over
from tests.builders import NOON_MS, make_client_event
from tests.fakes import FakeStreams, Faults

BODY = json.dumps(make_client_event())
OLD = make_client_event(event_id="mine", timestamp=NOON_MS - 400 * 86_400_000)


def test_an_event_posted_over_http_is_stored(api: Api) -> None:
    with Client(app) as client:
        response = client.http.post(
            "/events", body=BODY.encode(), headers={"Content-Type": "application/json"}
        )

    [record] = api.streams.records["eventstream-local-events"]
    assert response.status_code == 200
    assert json.loads(record.body)["event_id"] == response.json_body["event_id"]


@pytest.mark.parametrize(
    ("event_type", "stream"), [("click", "clicks"), ("checkout", "checkouts"), ("error", "events")]
)
def test_an_event_goes_to_the_stream_that_the_settings_name(
    api: Api, event_type: str, stream: str
) -> None:
    assert api.post("/events", make_client_event(event_type=event_type)).status == 200
    assert list(api.streams.records) == [f"eventstream-local-{stream}"]


def test_an_event_that_breaks_the_rules_is_400(api: Api) -> None:
    reply = api.post("/events", make_client_event(user_id=..., colour="red"))

    assert (reply.status, reply.codes) == (400, [Code.MISSING_FIELD, Code.UNKNOWN_FIELD])


def test_an_event_beyond_the_age_that_the_settings_name_is_400(api: Api) -> None:
    assert api.post("/events", OLD).codes == [Code.TIMESTAMP_TOO_OLD]


def test_an_array_is_not_an_event(api: Api) -> None:
    reply = api.post("/events", [make_client_event()])

    assert (reply.status, reply.codes) == (400, [Code.NOT_AN_OBJECT])


def test_a_body_beyond_the_limit_is_413(api: Api) -> None:
    reply = api.send("/events", "x" * (4 * 1024 * 1024 + 1))

    assert (reply.status, reply.codes) == (413, [Code.BODY_TOO_LARGE])


@pytest.mark.parametrize(
    "declared",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1"],
)
def test_content_other_than_json_in_utf_8_is_415(api: Api, declared: str) -> None:
    reply = api.send("/events", BODY, {"Content-Type": declared})

    assert (reply.status, reply.codes) == (415, [Code.UNSUPPORTED_MEDIA_TYPE])
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_a_binary_body_is_400(api: Api) -> None:
    body = base64.b64encode(b"\xff\x00").decode()

    reply = api.send("/events", body, is_base64=True)

    assert (reply.status, reply.codes) == (400, [Code.INVALID_ENCODING])


def test_a_body_in_base64_is_read(api: Api) -> None:
    body = base64.b64encode(BODY.encode()).decode()

    assert api.send("/events", body, is_base64=True).status == 200


def test_an_event_that_cannot_be_stored_is_503() -> None:
    with api_over(FakeStreams(Faults(lambda: "fails_before"))) as api:
        reply = api.send("/events", BODY)

    assert (reply.status, reply.codes) == (503, [Code.STORE_UNAVAILABLE])
    assert int(reply.headers["Retry-After"]) > 0


@pytest.mark.parametrize("body", [BODY, "{"], ids=["stored", "refused"])
def test_every_answer_is_json_that_a_browser_may_read(api: Api, body: str) -> None:
    reply = api.send("/events", body)

    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Expose-Headers"] == "ETag,Retry-After"


@pytest.mark.parametrize("path", ["/events", "/events/batch"])
def test_a_browser_may_post_from_another_origin(path: str) -> None:
    gateway = LocalGateway(app, Config())

    response = gateway.handle_request("OPTIONS", path, {"Origin": "https://example.com"}, b"")

    assert response["statusCode"] == 200
    assert "POST" in response["headers"]["Access-Control-Allow-Methods"]
    assert {"Content-Type", "X-Api-Key"} <= set(
        response["headers"]["Access-Control-Allow-Headers"].split(",")
    )
