"""The requests of clients, in API Gateway's proxy format."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tests.app.snapshot.events import (
    ACCEPTED,
    BY_TYPE,
    MIXED,
    REPEATED,
    busy_minute,
    client_event,
)
from tests.app.snapshot.refusals import REFUSED_BATCHES, REFUSED_EVENTS

ONE, MANY = "/events", "/events/batch"
JSON = {"Content-Type": "application/json"}
WRITE_KEY, READ_KEY = "esw_snapshot", "esr_snapshot"
MAX_BODY = 4 * 1024 * 1024


class Post(NamedTuple):
    name: str
    path: str
    body: object
    headers: Mapping[str, str] | None = JSON
    is_base64: bool = False
    key: str | None = WRITE_KEY

    @property
    def request(self) -> dict[str, Any]:
        """The request in API Gateway's proxy format."""
        return {
            "requestContext": {
                "resourcePath": self.path,
                "httpMethod": "GET" if self.path == "/health" else "POST",
                "requestId": "gateway-1",
            },
            "headers": self._headers,
            "body": self.body,
            "isBase64Encoded": self.is_base64,
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
        }

    @property
    def _headers(self) -> Mapping[str, str] | None:
        key = {} if self.key is None else {"X-Api-Key": self.key}
        return {**(self.headers or {}), **key} or None


REFUSED_BODIES: Sequence[Post] = [
    Post("no body", ONE, None),
    Post("not JSON", ONE, '{"event_type": "click", '),
    Post("NaN", ONE, '{"event_type": NaN}'),
    Post("nested too deep to read", ONE, "[" * 2_000),
    Post("half a surrogate pair, escaped", ONE, '{"event_type": "\\ud800"}'),
    Post("half a surrogate pair", ONE, '{"event_type": "\ud800"}'),
    Post("Latin-1", ONE, base64.b64encode(b'"J\xfcrgen"').decode(), is_base64=True),
    Post("not base64", ONE, "?", is_base64=True),
    Post("text", ONE, "x", {"Content-Type": "text/plain"}),
    Post("not UTF-8", MANY, "[]", {"content-type": "application/json; charset=latin-1"}),
    Post("too large", ONE, " " * (MAX_BODY + 1)),
    Post("too large a batch", MANY, " " * (MAX_BODY + 1)),
    # API Gateway never sends a number: this is an error that nobody expects.
    Post("a body of no kind", ONE, 7),
]

NOT_ADMITTED: Sequence[Post] = [
    Post("no key", ONE, "{}", key=None),
    Post("a stranger's key", ONE, "{}", key="esw_stranger"),
    Post("a key to read", MANY, "[]", key=READ_KEY),
]

UNSTORED: Sequence[Post] = [
    Post("one event, unstored", ONE, json.dumps({**REPEATED, "event_type": "checkout"})),
    Post("a batch, partly unstored", MANY, json.dumps([BY_TYPE["checkout"], REPEATED, {}])),
    Post("a batch, unstored", MANY, json.dumps([BY_TYPE["checkout"], {}])),
]


def posts() -> list[Post]:
    """Return every request to be sent while all streams exist, in order."""
    encoded = base64.b64encode(json.dumps(client_event(source="base64")).encode()).decode()
    return [
        Post("health", "/health", None, {}),
        *(Post(f"event {n}", ONE, json.dumps(event)) for n, event in enumerate(ACCEPTED)),
        Post("base64, of no declared type", ONE, encoded, None, is_base64=True),
        Post("a busy minute", MANY, json.dumps({"events": busy_minute()})),
        Post("a mixed batch", MANY, json.dumps(MIXED)),
        *(Post(name, ONE, json.dumps(event)) for name, event in REFUSED_EVENTS.items()),
        *(Post(name, MANY, json.dumps(batch)) for name, batch in REFUSED_BATCHES.items()),
        *REFUSED_BODIES,
        *NOT_ADMITTED,
    ]
