"""The API of a deployment, in a thread: the real dashboard, and answers over a made-up world."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from chalicelib.dashboard import ServeDashboard
from chalicelib.dashboard.assets import Assets
from tests.browser import worlds
from tests.browser.answers import Answers, Refused
from tests.browser.world import World

# As on the local cloud: the page has to work under any prefix.
PREFIX = "/restapis/a1b2c3d4/api/_user_request_"
READ_KEY = "esr_0123456789abcdefghijklmnopqrstuv"
INGEST_KEY = "esi_0123456789abcdefghijklmnopqrstuv"
PUBLIC = {"dashboard", "health"}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, content: object, status: int = 200, **headers: str) -> Self:
        body = json.dumps(content)
        etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        usual = {"Content-Type": "application/json", "ETag": etag, "Cache-Control": "private"}
        return cls(status, body, usual | headers)

    @classmethod
    def error(cls, status: int, code: str, message: str, **headers: str) -> Self:
        errors = [{"index": None, "field": "", "code": code, "message": message}]
        return cls.json({"errors": errors}, status, **{"Cache-Control": "no-store"}, **headers)


class TestClock:
    """Begins at a moment of the test's choice, and then runs as clocks do."""

    __test__ = False

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@dataclass
class Deployment:
    """What a test can change while the server runs."""

    world: World
    keys: set[str] = field(default_factory=lambda: {READ_KEY})
    fails_with: int | None = None
    delay_s: float = 0
    asked: list[str] = field(default_factory=list)
    serve: ServeDashboard = field(default_factory=lambda: ServeDashboard(Assets.read()))

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        url = urlsplit(target)
        route = url.path.removeprefix(PREFIX).lstrip("/")
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.asked.append(route)
        time.sleep(self.delay_s)
        if not url.path.startswith(PREFIX):
            return Reply(404, "")
        if route.partition("/")[0] == "dashboard":
            return self._page(route, query, headers)
        if self.fails_with:
            return Reply.error(
                self.fails_with, "store_unavailable", "The store does not answer.", **RETRY
            )
        if route == "health":
            return Reply.json({"status": "ok", "stage": "prod"})
        return self._keyed(method, route, query, headers, body)

    def _page(self, route: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        name = route.partition("/")[2]
        page = self.serve(
            {
                "path": f"/{route}",
                "pathParameters": {"file": name} if name else None,
                "multiValueQueryStringParameters": {n: [v] for n, v in query.items()},
                "headers": headers,
            }
        )
        return Reply(page.status, page.body, page.headers)

    def _keyed(
        self,
        method: str,
        route: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Reply:
        key = headers.get("x-api-key", "")
        if method == "POST":
            self.world.post(json.loads(body))
            return Reply.json({"event_id": "e-1"})
        if key == INGEST_KEY:
            return Reply.error(403, "scope_not_allowed", "This key may not read.")
        if key not in self.keys:
            return Reply.error(403, "key_unknown", "The key is not known.")
        try:
            return Reply.json(Answers(self.world)(route, query))
        except Refused as refused:
            return Reply.error(refused.status, refused.code, refused.message)


RETRY = {"Retry-After": "2"}


class FakeApi:
    """A server on a free loopback port."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(deployment))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{PREFIX}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_of(deployment: Deployment) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            reply = deployment.answer(self.command, self.path, headers, body)
            content = reply.body.encode()
            self.send_response_only(reply.status)
            self.send_header("Date", format_datetime(deployment.world.clock(), usegmt=True))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            # A page that was left has stopped listening.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


if __name__ == "__main__":
    # To look at while working on the page: python -m tests.browser.fake_api
    clock = TestClock(datetime.now(UTC))
    with FakeApi(Deployment(worlds.much(clock))) as api:
        print(f"{api.url}/dashboard#key={READ_KEY}")
        threading.Event().wait()
