"""Events and batches that are refused, at least one for every reason."""

from __future__ import annotations

from collections.abc import Mapping

from tests.app.snapshot.events import NOW_MS, client_event, with_properties


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


REFUSED_EVENTS: Mapping[str, object] = {
    "not an object": [client_event()],
    "missing field": client_event(user_id=..., source=...),
    "missing property": client_event("purchase", properties={"amount": 1}),
    "unknown field": client_event(colour="red"),
    "wrong type": client_event(user_id=7, properties=[]),
    "wrong type of property": with_properties("metric", name=1, value="2"),
    "wrong format": client_event("Page View", event_id="not/allowed"),
    "too short": client_event(source=""),
    "too long": client_event(user_id="u" * 129),
    "out of range": with_properties("page_view", page="/", duration_ms=-1, status_code=600),
    "too large an amount": with_properties("purchase", amount=1e9 + 1, currency="EUR"),
    "not allowed": with_properties("transaction", amount=1, currency="EUX"),
    "severity not allowed": with_properties("system_event", severity="bad"),
    "too deep": client_event(properties={"page": "/", "a": nested(400)}),
    "properties too large": client_event(properties={"page": "/", "note": "x" * 65_536}),
    "timestamp invalid": client_event(timestamp="2026-02-31T10:00:00Z"),
    "timestamp without a zone": client_event(timestamp="2026-11-20T10:00:00"),
    "timestamp of a wrong type": client_event(timestamp=1.5),
    "timestamp required": client_event(event_id="mine"),
    "timestamp in future": client_event(timestamp=NOW_MS + 3_700_000),
    "timestamp too old": client_event(timestamp=NOW_MS - 31 * 86_400_000),
    "timestamp in seconds": client_event(timestamp=NOW_MS // 1000),
    "more than ten problems": client_event(**{f"field_{n}": n for n in range(12)}),
    "a long name": client_event(**{"\x01" * 200: 1}),
}
REFUSED_BATCHES: Mapping[str, object] = {
    "empty batch": [],
    "empty object": {"events": []},
    "too many events": [{}] * 501,
    "no events in the object": {},
    "events of a wrong type": {"events": 1},
    "unknown field of a batch": {"events": [], "colour": "red"},
    "neither array nor object": 7,
    "nothing but refused events": [client_event(user_id=7)],
}
