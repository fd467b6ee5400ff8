"""Answer one route's requests: parse, read, render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from chalicelib.errors import (
    AttributionOff,
    StoreUnavailable,
    TookTooLong,
    TooMuchRead,
    Unreadable,
)
from chalicelib.model.code import Code, Problem
from chalicelib.model.scope import Scope
from chalicelib.ports import Clock
from chalicelib.query.asked import Asked, ask
from chalicelib.query.found import Found
from chalicelib.query.ports import Meter
from chalicelib.query.refused import Refused
from chalicelib.query.reply import UNREAD, Reply
from chalicelib.query.route import Route

MAX_LOGGED_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    route: Route
    read: Callable[[Asked], Found]
    clock: Clock
    meter: Meter

    def __call__(self, request: Mapping[str, Any]) -> Reply:
        """Answer a request in API Gateway's proxy format, with the scope of its key."""
        begun_ms = self.clock()
        self.meter.start()
        try:
            found = self.read(self._asked(request, begun_ms))
        except Refused as refused:
            return Reply.refusal(refused.problems, self._line(begun_ms))
        except (AttributionOff, TookTooLong, TooMuchRead) as error:
            return Reply.refusal([_problem(error)], self._line(begun_ms))
        except (StoreUnavailable, Unreadable) as error:
            problem = _outdated(error) if isinstance(error, Unreadable) else UNREAD
            why = {"store_error": str(error)[:MAX_LOGGED_ERROR]}
            return Reply.refusal([problem], {**self._line(begun_ms), **why})
        reply = Reply.of(found, _known_tags(request), self._line(begun_ms))
        return replace(reply, headers={**reply.headers, **self._variance})

    @property
    def _variance(self) -> Mapping[str, str]:
        # A browser would answer from its cache what another key was answered.
        return {"Vary": "X-Api-Key"} if self.route.scopes else {}

    def _line(self, begun_ms: int) -> dict[str, object]:
        return {
            "event": "query answered",
            "route": self.route.path,
            "duration_ms": self.clock() - begun_ms,
            **self.meter.figures(),
        }

    def _asked(self, request: Mapping[str, Any], now_ms: int) -> Asked:
        route = self.route
        given = {**(request.get("multiValueQueryStringParameters") or {})}
        # API Gateway leaves them encoded, as they are in the URL.
        for name, value in (request.get("pathParameters") or {}).items():
            given[name] = [*given.get(name, ()), unquote(value)]
        return ask(route.path, route.parameters, given, now_ms, _scope_of(request))


def _problem(error: AttributionOff | TookTooLong | TooMuchRead) -> Problem:
    match error:
        case AttributionOff():
            message = "this stage has no attribution; docs/attribution.md says how to get it"
            return Problem("", Code.ATTRIBUTION_OFF, message)
        case TookTooLong():
            message = "the answer takes too long to read; ask for less time"
            return Problem("from", Code.RANGE_TOO_WIDE, message)
        case _:
            return _too_much(error)


def _too_much(error: TooMuchRead) -> Problem:
    message = f"the answer takes more than {error.most:,} items to read; ask for less time"
    return Problem("from", Code.RANGE_TOO_WIDE, message)


def _outdated(error: Unreadable) -> Problem:
    what = " ".join(map(str, error.args))
    message = (
        f"an earlier version stored a rollup that can't be merged: {what}; roll the hour up again"
        " with python -m ops rollup, or leave it out of the range"
    )
    return Problem("from", Code.ROLLUP_OUTDATED, message)


def _scope_of(request: Mapping[str, Any]) -> Scope | None:
    scope = request.get("requestContext", {}).get("scope")
    return scope if isinstance(scope, Scope) else None


def _known_tags(request: Mapping[str, Any]) -> str:
    headers: Mapping[str, str] = request.get("headers") or {}
    return next((v for k, v in headers.items() if k.lower() == "if-none-match"), "")
