"""What the API answers about experiments, with the log line of the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.code import Code, Problem, errors_of
from chalicelib.model.measure import Measure

JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
LATER = {"Retry-After": "2"}
MAX_LOGGED_ERROR = 500
UNAVAILABLE = Problem(
    "",
    Code.STORE_UNAVAILABLE,
    "the definition could not be stored or read; read it, and send the request again",
)

_STATUSES = {
    Code.EXPERIMENT_NOT_FOUND: 404,
    Code.STATUS_CHANGE_NOT_ALLOWED: 409,
    Code.CHANGED_WHILE_RUNNING: 409,
    Code.COVERAGE_LOWERED: 409,
    Code.NAMESPACE_TAKEN: 409,
    Code.TOO_MANY_RUNNING: 409,
    Code.EXPERIMENT_EXISTS: 412,
    Code.VERSION_CONFLICT: 412,
    Code.BODY_TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.PRECONDITION_REQUIRED: 428,
    Code.STORE_UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response; the log line has figures and codes, and nothing that a client sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    line: Mapping[str, object]

    @property
    def measures(self) -> Mapping[Measure, float]:
        """None: API Gateway counts requests, latency and errors of the route."""
        return {}

    @classmethod
    def of(
        cls,
        status: int,
        content: object,
        headers: Mapping[str, str],
        figures: Mapping[str, object],
    ) -> Answer:
        line = {"event": "experiment request answered", "status": status, **figures}
        return cls(status, orjson.dumps(content).decode(), JSON | dict(headers), line)

    @classmethod
    def refusal(cls, problems: Sequence[Problem], error: str = "") -> Answer:
        """Answer with problems; `error` says why the store failed, for the log."""
        status = _STATUSES.get(problems[0].code, 400)
        figures: dict[str, object] = {"codes": Counter(str(one.code) for one in problems)}
        if error:
            figures["store_error"] = error[:MAX_LOGGED_ERROR]
        headers = LATER if status == 503 else {}
        return cls.of(status, {"errors": errors_of(problems, None)}, headers, figures)


def tag_of(version: int) -> str:
    """Return the ETag of a version.

    >>> tag_of(3)
    '"3"'
    """
    return f'"{version}"'
