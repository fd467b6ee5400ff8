"""Whether a request is admitted, and how it is refused if not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from chalicelib.model.code import Code, Problem, errors_of
from chalicelib.model.measure import Measure
from chalicelib.model.scope import Scope

_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
_LATER = {"Retry-After": "2"}
_MAX_LOGGED_ERROR = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP response; the log line has the route and a code, and nothing that a client sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    line: Mapping[str, object]
    measures: Mapping[Measure, float]

    @classmethod
    def of_key(cls, code: Code, message: str, route: str) -> Refusal:
        """Refuse the key, which API Gateway counts among the errors of clients."""
        line = {"event": "request refused", "route": route, "status": 403, "codes": {code: 1}}
        return cls(403, _body(code, message), _HEADERS, line, {})

    @classmethod
    def of_outage(cls, error: str, route: str, *, writes: bool) -> Refusal:
        """Ask for the request again; one that would have written counts as an unstored event."""
        code = Code.STORE_UNAVAILABLE
        message = "the API key could not be checked; send the request again"
        line = {
            "event": "request not admitted",
            "route": route,
            "status": 503,
            "codes": {code: 1},
            "store_error": error[:_MAX_LOGGED_ERROR],
        }
        measures = {Measure.EVENTS_UNSTORED: 1} if writes else {}
        return cls(503, _body(code, message), _HEADERS | _LATER, line, measures)


@dataclass(frozen=True, slots=True)
class Admission:
    """`scope` is that of the key, None where the route needs no key or the request is refused."""

    scope: Scope | None = None
    refusal: Refusal | None = None

    def answer[T](self, admitted: Callable[[], T], refused: Callable[[Refusal], T]) -> T:
        """Return what one of the two makes of it."""
        return admitted() if self.refusal is None else refused(self.refusal)


def _body(code: Code, message: str) -> str:
    return orjson.dumps({"errors": errors_of([Problem("", code, message)], None)}).decode()
