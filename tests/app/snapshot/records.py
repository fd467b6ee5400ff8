"""Batches of stream records: those that ingest put there, and those of another producer."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.app.snapshot.events import NOW_MS
from tests.app.snapshot.refusals import nested

SHARD = "shardId-000000000000"
OTHER_SHARD = "shardId-000000000001"
ARRIVED_MS = NOW_MS + 60_000
# One digit short of the longest, so that padding shows.
_FIRST_SEQUENCE = 4959033827149025660855969253836157109592157598913658800


class Put(NamedTuple):
    """A record as it was put; without a body, one whose data is not base64."""

    partition_key: str
    body: bytes | None


def stream_event(**changes: object) -> dict[str, object]:
    """What the stream carries; a change to `...` removes the field."""
    event: dict[str, object] = {
        "event_id": "bypassing",
        "event_type": "page_view",
        "source": "loader",
        "user_id": "usr_1",
        "timestamp": "2026-11-20T12:15:00.000Z",
        "ingested_at": "2026-11-20T12:15:01.000Z",
        "properties": {"page": "/"},
    }
    return {name: value for name, value in (event | changes).items() if value is not ...}


def _typed(event_type: str, /, **properties: object) -> dict[str, object]:
    return stream_event(event_type=event_type, event_id=event_type, properties=properties)


GOOD: Sequence[Mapping[str, object]] = [
    stream_event(session_id="ses_3"),
    # Two repeats of it, the second of which was ingested first.
    stream_event(session_id="ses_3"),
    stream_event(session_id="ses_3", ingested_at="2026-11-20T12:15:00.500Z"),
    stream_event(event_id="late", timestamp="2026-11-19T06:59:59.999Z"),
    _typed("login_failed", latency_ms=True, amount=2e9, currency="eur", value=1e308),
    _typed("refund", amount=-3.25, currency="CHF", latency_ms=86_400_000.0),
]
QUARANTINED: Mapping[str, bytes | Mapping[str, object] | None] = {
    "malformed": b'{"event_id": "ev_1", "properties": {"n": NaN}}',
    "empty": b"",
    "half a surrogate pair, escaped": b'{"event_id": "\\ud800"}',
    "half a surrogate pair": b'{"event_id": "\xed\xa0\x80"}',
    "Latin-1": b'{"user_id": "J\xfcrgen"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "not an object": b"[]",
    "too deep": stream_event(properties={"page": "/", "a": nested(400)}),
    "missing field": stream_event(event_id=..., ingested_at=...),
    "unknown field": stream_event(colour="red"),
    "wrong type": stream_event(user_id=7),
    "wrong format": stream_event(event_type="Page View"),
    "too short": stream_event(source=""),
    "too long": stream_event(user_id="u" * 129),
    "out of range": _typed("page_view", page="/", duration_ms=-1),
    "not allowed": _typed("transaction", amount=1, currency="EUX"),
    "too large": _typed("page_view", page="/", note="x" * 65_536),
    "no such day": stream_event(timestamp="2026-02-31T10:00:00.000Z"),
    "an instant of another form": stream_event(ingested_at="2026-11-20T12:15:01Z"),
    "several problems": stream_event(source="", user_id=7, properties={"page": 1}),
    "not even base64": None,
}


def bypassing() -> list[Put]:
    """Return the records of a producer that bypasses the API, valid ones first."""
    written = [_written(event) for event in (*GOOD, *QUARANTINED.values())]
    return [Put(f"ключ-{number}", body) for number, body in enumerate(written)]


def _written(content: bytes | Mapping[str, object] | None) -> bytes | None:
    if content is None or isinstance(content, bytes):
        return content
    return json.dumps(content).encode()


def kinesis_event(
    stream: str,
    puts: Iterable[Put],
    first: int = 0,
    shard: str = SHARD,
    arrived_ms: int = ARRIVED_MS,
) -> dict[str, Any]:
    """Return a batch of one shard as Lambda passes it on, numbered from `first`."""
    numbered = enumerate(puts, _FIRST_SEQUENCE + first)
    records = [_record(stream, shard, number, put, arrived_ms) for number, put in numbered]
    return {"Records": records}


def _record(stream: str, shard: str, sequence: int, put: Put, arrived_ms: int) -> dict[str, Any]:
    return {
        "eventID": f"{shard}:{sequence}",
        "eventSource": "aws:kinesis",
        "eventSourceARN": f"arn:aws:kinesis:us-east-1:123456789012:stream/{stream}",
        "kinesis": {
            "partitionKey": put.partition_key,
            "sequenceNumber": str(sequence),
            "data": "A" if put.body is None else base64.b64encode(put.body).decode(),
            # Seconds, with milliseconds that no double holds exactly.
            "approximateArrivalTimestamp": (arrived_ms + sequence % 3) / 1000,
            "kinesisSchemaVersion": "1.0",
        },
    }
