"""Requests to the API as a client makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


def ask(
    api_url: str, method: str, path: str, body: object = None, key: str | None = None
) -> Answer:
    url = urlsplit(api_url + path)
    connection = HTTPConnection(url.hostname or "", url.port, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"X-Api-Key": key} if key else {})
    try:
        connection.request(method, url.path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return Answer(answer.status, json.loads(answer.read()))
    finally:
        connection.close()
