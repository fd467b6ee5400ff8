"""The API over HTTP, on persistent connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError

from ops.local.cloud import Cloud
from ops.traffic.sending.reply import Reply

# Longer than the gateway waits for its function.
TIMEOUT = urllib3.Timeout(connect=5, read=30)


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """Calls `observe` with the seconds that each request took."""

    url: str
    key: str
    pool: urllib3.PoolManager
    observe: Callable[[float], None]

    @classmethod
    def open(
        cls, cloud: Cloud, connections: int, observe: Callable[[float], None] = lambda _s: None
    ) -> HttpExchange:
        pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT, maxsize=connections)
        return cls(f"{cloud.api_url}/events/batch", cloud.api_key, pool, observe)

    def __call__(self, body: bytes) -> Reply:
        headers = {
            "Content-Type": "application/json",
            # What an answer takes on its way out is billed as it is sent.
            "Accept-Encoding": "gzip",
            "X-Api-Key": self.key,
        }
        began = time.perf_counter()
        try:
            answer = self.pool.request("POST", self.url, body=body, headers=headers)
        except HTTPError as error:
            return Reply(None, f"{self.url} did not answer: {error}")
        finally:
            self.observe(time.perf_counter() - began)
        text = answer.data.decode(errors="replace")
        return Reply(answer.status, text, answer.headers.get("Retry-After"))
