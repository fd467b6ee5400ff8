"""A record for every reason for which the stream quarantines one."""

from __future__ import annotations

import json

from chalicelib.model.code import Code
from tests.builders import make_event


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


POISON: dict[Code, bytes | dict[str, object]] = {
    Code.INVALID_ENCODING: json.dumps(make_event(user_id="Jürgen"), ensure_ascii=False).encode(
        "latin-1"
    ),
    Code.INVALID_JSON: b'{"event_id": "ev_1", "properties": {"n": NaN}}',
    Code.NOT_AN_OBJECT: b"[]",
    Code.TOO_DEEP: make_event(properties={"page": "/", "a": nested(400)}),
    Code.MISSING_FIELD: make_event(event_id=...),
    Code.UNKNOWN_FIELD: make_event(colour="red"),
    Code.WRONG_TYPE: make_event(user_id=7),
    Code.WRONG_FORMAT: make_event(event_type="Page View"),
    Code.TOO_SHORT: make_event(source=""),
    Code.TOO_LONG: make_event(user_id="u" * 129),
    Code.OUT_OF_RANGE: make_event(properties={"page": "/", "duration_ms": -1}),
    Code.NOT_ALLOWED: make_event(
        event_type="transaction", properties={"amount": 1, "currency": "EUX"}
    ),
    Code.PROPERTIES_TOO_LARGE: make_event(properties={"page": "/", "note": "x" * 65_536}),
    Code.TIMESTAMP_INVALID: make_event(timestamp="2026-02-31T10:00:00.000Z"),
}
