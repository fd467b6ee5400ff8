"""Call triggers as Lambda does, and note what they return, raise and log."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import app as triggers

API = "api_handler"
AMPLE_MS = 100_000


@dataclass(frozen=True, slots=True)
class Context:
    function_name: str
    left_ms: int
    aws_request_id: str = "lambda-1"

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@dataclass(frozen=True, slots=True)
class Invoker:
    log: io.StringIO

    def __call__(self, name: str, event: Mapping[str, Any], left_ms: int = AMPLE_MS) -> Any:
        """Return what a function returns.

        Raises:
            Exception: what the function raises.
        """
        handler = triggers.app if name == API else getattr(triggers, name)
        physical = "eventstream-local" if name == API else f"eventstream-local-{name}"
        answer = handler(event, Context(physical, left_ms))
        # Lambda can only send what is JSON.
        return json.loads(json.dumps(answer))

    def noted(
        self, name: str, event: Mapping[str, Any], left_ms: int = AMPLE_MS
    ) -> dict[str, Any]:
        """Invoke a function and describe everything observable of it."""
        self.lines()
        note: dict[str, Any] = {"function": name}
        try:
            note["returns"] = self(name, event, left_ms)
        # Lambda reports any error by its type and message.
        except Exception as error:  # noqa: BLE001
            note |= {"error_type": type(error).__name__, "error_message": str(error)}
        return note | {"log": self.lines()}

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged since the last call."""
        text = self.log.getvalue()
        self.log.seek(0)
        self.log.truncate()
        return [_repeatable(json.loads(line)) for line in text.splitlines()]


@contextmanager
def invoker() -> Iterator[Invoker]:
    [handler] = logging.getLogger("eventstream").handlers
    assert isinstance(handler, logging.StreamHandler)
    log = io.StringIO()
    before = handler.setStream(log)
    try:
        yield Invoker(log)
    finally:
        handler.setStream(before)


def _repeatable(line: dict[str, Any]) -> dict[str, Any]:
    """Keep only the form of what differs from run to run, and the last line of a traceback."""
    line["timestamp"] = re.sub(r"\d", "0", line["timestamp"])
    if "cold_start" in line:
        line["cold_start"] = type(line["cold_start"]).__name__
    if "_aws" in line:
        line["_aws"]["Timestamp"] = type(line["_aws"]["Timestamp"]).__name__
    if "exception" in line:
        line["exception"] = re.sub(r"^[\w.]+\.", "", line["exception"].splitlines()[-1])
    return line
