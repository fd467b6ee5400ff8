"""Bad input is never a 500: whatever is sent, the answer is JSON and every refusal has a code."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.model.code import STREAM_ONLY, Code
from tests.app.api import Api, Reply, api_over
from tests.builders import make_client_event
from tests.fakes import FakeStreams

PATHS = ("/events", "/events/batch")
CODES = set(Code) - STREAM_ONLY
MEGABYTE = 1024 * 1024

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["NaN", "2026-11-21", "2026-11-21T10:00:00Z", "9999-12-31T23:59:59-01:00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
fields = st.sampled_from([*make_client_event(), "event_id", "timestamp"]) | st.text()
almost_events = st.dictionaries(fields, json_values, max_size=4).map(
    lambda changes: make_client_event(**changes)
)
almost_batches = st.lists(almost_events | json_values, max_size=4)
contents: st.SearchStrategy[object] = (
    json_values | almost_events | almost_batches | st.builds(dict, events=almost_batches)
)
# Python writes NaN and infinities as no standard of JSON allows.
texts = contents.map(json.dumps) | contents.map(
    lambda value: json.dumps(value, ensure_ascii=False)
)
any_characters = st.text(st.characters(exclude_categories=()))
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
encoded = st.builds(lambda text, name: text.encode(name, "replace"), texts, encodings)
mutilated = st.builds(lambda body, end: body[:end], encoded, st.integers(0, 60))
binaries = st.binary() | encoded | mutilated


def check(reply: Reply) -> None:
    assert reply.status in {200, 207, 400, 413, 415}
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert set(reply.codes) <= CODES
    assert (reply.status == 200) == (not reply.codes)


@given(st.sampled_from(PATHS), texts | any_characters | st.none())
def test_any_text_is_answered(path: str, body: str | None) -> None:
    with api_over(FakeStreams()) as api:
        check(api.send(path, body))


@given(st.sampled_from(PATHS), binaries)
def test_any_bytes_are_answered(path: str, body: bytes) -> None:
    with api_over(FakeStreams()) as api:
        check(api.send(path, base64.b64encode(body).decode(), is_base64=True))


@given(st.sampled_from(PATHS), any_characters)
def test_what_only_claims_to_be_base64_is_answered(path: str, body: str) -> None:
    with api_over(FakeStreams()) as api:
        check(api.send(path, body, is_base64=True))


@given(st.sampled_from(PATHS), st.dictionaries(st.just("content-type") | st.text(), st.text()))
def test_any_headers_are_answered(path: str, headers: dict[str, str]) -> None:
    with api_over(FakeStreams()) as api:
        check(api.send(path, json.dumps(make_client_event()), headers))


@settings(deadline=None)
@given(st.sampled_from(PATHS), texts)
def test_what_is_accepted_is_stored_and_nothing_else_is(path: str, body: str) -> None:
    streams = FakeStreams()
    with api_over(streams) as api:
        reply = api.send(path, body)

    stored = [json.loads(r.body)["event_id"] for rs in streams.records.values() for r in rs]
    results = reply.content.get("results", [reply.content] if reply.status == 200 else [])
    accepted = [r["event_id"] for r in results if r.get("status", "accepted") == "accepted"]
    assert sorted(stored) == sorted(accepted)


def floods() -> dict[str, str]:
    """Bodies just within the limit, each the most of something that can be sent."""
    event = json.dumps(make_client_event(properties=...))[:-1]
    fields = "{" + ",".join(f'"{number:x}":1' for number in range(400_000)) + "}"
    return {
        "fields": fields,
        "properties": f'{event},"properties":{{"page":"/",{fields[1:]}}}',
        "characters": f'{event},"event_id":"{"x" * (4 * MEGABYTE - 300)}"}}',
        "name": f'{event},"{"x" * (4 * MEGABYTE - 300)}":1}}',
        "events": "[" + "[]," * 1_300_000 + "[]]",
        "depth": "[" * (4 * MEGABYTE),
        "closed depth": "[" * (2 * MEGABYTE) + "]" * (2 * MEGABYTE),
        "digits": f'{event},"timestamp":{"9" * (4 * MEGABYTE - 300)}}}',
        "time": f'{event},"timestamp":"{"9" * (4 * MEGABYTE - 300)}"}}',
        "numbers that grow": f'{event},"properties":{{"page":"/","x":[{"1E15," * 800_000}1]}}}}',
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("flood", floods())
def test_a_flood_is_refused_in_few_words(api: Api, path: str, flood: str) -> None:
    body = floods()[flood]
    assert len(body) <= 4 * MEGABYTE

    reply = api.send(path, body)

    check(reply)
    assert reply.status in {400, 413}
    assert len(reply.text) < 10_000
