"""The HTTP API as a client meets it: the real app, with streams that are in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app import app
from chalicelib.wiring import using
from tests.builders import make_pipeline
from tests.fakes import FakeStreams

JSON = {"Content-Type": "application/json"}


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def content(self) -> Any:
        return json.loads(self.text)

    @property
    def codes(self) -> list[str]:
        """Every code in the body, be it of the whole request or of one of its events."""
        holders = [self.content, *self.content.get("results", [])]
        return [error["code"] for holder in holders for error in holder.get("errors", [])]


@dataclass
class Api:
    streams: FakeStreams

    def post(self, path: str, content: object, headers: Mapping[str, str] | None = JSON) -> Reply:
        return self.send(path, json.dumps(content), headers)

    def send(
        self,
        path: str,
        body: str | bytes | None,
        headers: Mapping[str, str] | None = JSON,
        *,
        is_base64: bool = False,
    ) -> Reply:
        """Hand the app what API Gateway would hand it."""
        request = {
            "requestContext": {"resourcePath": path, "httpMethod": "POST"},
            "headers": headers,
            "body": body,
            "isBase64Encoded": is_base64,
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
        }
        response = app(request, None)
        # Lambda can only send what is JSON.
        response = json.loads(json.dumps(response))
        return Reply(response["statusCode"], response["headers"], response["body"])


@contextmanager
def api_over(streams: FakeStreams, **settings: object) -> Iterator[Api]:
    """Serve from these streams, which are tried once where nothing else is said."""
    once = {"put_budget_s": 0.0} | settings
    with using(make_pipeline(stream_writer=streams, **once)):
        yield Api(streams)
