"""Requests to the API as a client makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from ops.local.cloud import Cloud
from tests.e2e.waiting import PATIENCE_S, wait_for


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


def ask(
    api_url: str,
    method: str,
    path: str,
    body: object = None,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    url = urlsplit(api_url + path)
    connection = HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE_S)
    sent = {"Content-Type": "application/json", **(headers or {})}
    sent |= {"X-Api-Key": key} if key else {}
    try:
        connection.request(method, url.path, json.dumps(body) if body else None, sent)
        answer = connection.getresponse()
        return Answer(answer.status, json.loads(answer.read()))
    finally:
        connection.close()


def post_event(cloud: Cloud, event: object) -> None:
    """Send an event as clients do: again while the stream doesn't answer in time."""

    def stored() -> bool | None:
        answer = ask(cloud.api_url, "POST", "/events", event, cloud.api_key)
        assert answer.status in {200, 503}, answer
        return answer.status == 200 or None

    wait_for(stored, "room for an event")
