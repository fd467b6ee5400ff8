from __future__ import annotations

import base64
import gzip

import pytest

from chalicelib.ingest.request import events_of
from chalicelib.model.code import Code
from chalicelib.model.event import Rejected
from chalicelib.model.request_body import body_of
from tests.unit.ingest.builders import make_request


def code_of(**changes: object) -> Code:
    with pytest.raises(Rejected) as caught:
        body_of(make_request(**changes), max_bytes=10)
    [problem] = caught.value.problems
    return problem.code


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"CONTENT-TYPE": "Application/JSON; charset=UTF-8"},
        {"Content-Type": 'application/json;charset="utf8"; profile=x'},
        {"Accept": "text/plain"},
        None,
    ],
    ids=str,
)
def test_json_in_utf_8_is_read_however_it_is_declared(headers: object) -> None:
    assert body_of(make_request(headers=headers, body="{}"), max_bytes=10) == b"{}"


@pytest.mark.parametrize(
    "declared",
    ["text/plain", "application/json; charset=latin-1", "application/xml, */*", "", "json"],
)
def test_any_other_content_is_refused(declared: str) -> None:
    assert code_of(headers={"Content-Type": declared}) is Code.UNSUPPORTED_MEDIA_TYPE


def test_text_is_read_as_utf_8() -> None:
    assert body_of(make_request(body='"ü"'), max_bytes=10) == b'"\xc3\xbc"'


def test_base64_is_decoded() -> None:
    body = base64.b64encode(b"\xff[1]").decode()

    assert body_of(make_request(body=body, isBase64Encoded=True), max_bytes=10) == b"\xff[1]"


def test_no_body_is_an_empty_one() -> None:
    assert body_of(make_request(body=None), max_bytes=10) == b""


@pytest.mark.parametrize("body", ["e30", "{}", "Jürgen", "e30=\n!"])
def test_what_only_claims_to_be_base64_is_refused(body: str) -> None:
    assert code_of(body=body, isBase64Encoded=True) is Code.INVALID_ENCODING


def test_half_a_surrogate_pair_is_refused() -> None:
    assert code_of(body='"\ud800"') is Code.INVALID_ENCODING


def test_size_is_counted_in_bytes() -> None:
    assert body_of(make_request(body="ü" * 5), max_bytes=10) == "üüüüü".encode()
    assert code_of(body="ü" * 6) is Code.BODY_TOO_LARGE


def test_a_long_content_type_is_not_repeated_whole() -> None:
    with pytest.raises(Rejected) as caught:
        body_of(make_request(headers={"Content-Type": "x" * 10_000}), max_bytes=10)

    assert len(caught.value.problems[0].message) < 300


@pytest.mark.parametrize("batch", [[1, 2], {"events": [1, 2]}], ids=["array", "object"])
def test_a_batch_is_an_array_or_an_object_that_holds_one(batch: object) -> None:
    assert events_of(batch, max_events=2) == [1, 2]


@pytest.mark.parametrize(
    ("batch", "field", "code"),
    [
        ([], "", Code.EMPTY_BATCH),
        ({"events": []}, "", Code.EMPTY_BATCH),
        ([1, 2, 3], "", Code.TOO_MANY_EVENTS),
        ({"events": {}}, "events", Code.WRONG_TYPE),
        ({"event_type": "click"}, "events", Code.MISSING_FIELD),
        ({"events": [1], "user": 1}, "user", Code.UNKNOWN_FIELD),
        ("[]", "", Code.WRONG_TYPE),
        (None, "", Code.WRONG_TYPE),
    ],
    ids=str,
)
def test_any_other_batch_is_refused(batch: object, field: str, code: Code) -> None:
    with pytest.raises(Rejected) as caught:
        events_of(batch, max_events=2)

    [problem] = caught.value.problems
    assert (problem.field, problem.code) == (field, code)


def gzipped(body: bytes, **changes: object) -> dict[str, object]:
    packed = base64.b64encode(body).decode()
    headers = {"content-encoding": "gzip"}
    return {"body": packed, "isBase64Encoded": True, "headers": headers} | changes


def test_a_gzipped_body_is_unpacked() -> None:
    request = make_request(**gzipped(gzip.compress(b"[1]")))

    assert body_of(request, max_bytes=10) == b"[1]"


def test_a_body_that_the_gateway_has_unpacked_is_read_as_it_is() -> None:
    request = make_request(headers={"Content-Encoding": "gzip"}, body="[1]")

    assert body_of(request, max_bytes=10) == b"[1]"


def test_unpacking_stops_at_the_limit() -> None:
    assert code_of(**gzipped(gzip.compress(b"0" * 10_000_000))) is Code.BODY_TOO_LARGE


@pytest.mark.parametrize(
    "body", [gzip.compress(b"[1]")[:-9], b"\x1f\x8bnothing"], ids=["cut off", "no gzip"]
)
def test_damaged_gzip_is_refused(body: bytes) -> None:
    assert code_of(**gzipped(body)) is Code.INVALID_ENCODING


def test_any_other_content_encoding_is_refused() -> None:
    assert code_of(headers={"Content-Encoding": "br"}) is Code.UNSUPPORTED_MEDIA_TYPE
