"""Extract the body of an HTTP request from what API Gateway passes to Lambda."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.model.code import Code, Problem
from chalicelib.model.event import Rejected
from chalicelib.model.wording import shortened

MEDIA_TYPE = "application/json"
CHARSETS = frozenset({"utf-8", "utf8"})


def body_of(request: Mapping[str, Any], max_bytes: int) -> bytes:
    """Return the bytes that the client sent.

    Raises:
        Rejected: with `unsupported_media_type`, `invalid_encoding` or `body_too_large`.
    """
    _check_media_type(request.get("headers") or {})
    body = _decoded(request)
    if len(body) > max_bytes:
        message = f"the body is {len(body):,} bytes; the maximum is {max_bytes:,}"
        raise Rejected(Problem("", Code.BODY_TOO_LARGE, message))
    return body


def events_of(batch: object, max_events: int) -> Sequence[object]:
    """Return the events of a batch: an array, or an object with an array as `events`.

    Raises:
        Rejected: neither of the two, too many events, or none.
    """
    events = _array_of(batch)
    if not events:
        raise Rejected(Problem("", Code.EMPTY_BATCH, "the batch contains no events"))
    if len(events) > max_events:
        message = f"the batch contains {len(events):,} events; the maximum is {max_events:,}"
        raise Rejected(Problem("", Code.TOO_MANY_EVENTS, message))
    return events


def _check_media_type(headers: Mapping[str, str]) -> None:
    # Like Chalice and API Gateway, take a body without a declared type as JSON.
    named = next((v for k, v in headers.items() if k.lower() == "content-type"), MEDIA_TYPE)
    media_type, *parameters = (part.strip().lower() for part in named.split(";"))
    charsets = {p.removeprefix("charset=").strip('"') for p in parameters if "charset=" in p}
    if media_type != MEDIA_TYPE or not charsets <= CHARSETS:
        message = f"Content-Type must be {MEDIA_TYPE} in UTF-8, not {shortened(named)}"
        raise Rejected(Problem("", Code.UNSUPPORTED_MEDIA_TYPE, message))


def _decoded(request: Mapping[str, Any]) -> bytes:
    body = request.get("body") or b""
    if isinstance(body, bytes):
        return body
    try:
        if request.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        text: str = body
        return text.encode()
    except ValueError as error:
        message = "the body is not valid base64, or contains half of a surrogate pair"
        raise Rejected(Problem("", Code.INVALID_ENCODING, message)) from error


def _array_of(batch: object) -> list[object]:
    match batch:
        case list():
            return batch
        case {"events": list(events), **others} if not others:
            return events
        case {"events": list(), **others}:
            name = shortened(str(next(iter(others))))
            problem = Problem(name, Code.UNKNOWN_FIELD, f"{name} is not a known field of a batch")
        case {"events": _}:
            problem = Problem("events", Code.WRONG_TYPE, "events must be an array")
        case dict():
            problem = Problem("events", Code.MISSING_FIELD, "events is required")
        case _:
            message = (
                "a batch must be an array of events, or an object with such an array as events"
            )
            problem = Problem("", Code.WRONG_TYPE, message)
    raise Rejected(problem)
