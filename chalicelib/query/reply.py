"""HTTP responses of the read side, and the log lines about them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.code import Code, Problem, errors_of
from chalicelib.model.measure import Measure
from chalicelib.query.found import Found

JSON = {"Content-Type": "application/json"}
NOT_KEPT = {"Cache-Control": "no-store"}
RETRY_AFTER_S = "2"
UNREAD = Problem("", Code.STORE_UNAVAILABLE, "the data could not be read; send the request again")

# Asking again does not help where a rollup is outdated.
_STATUSES = {
    Code.ROLLUP_OUTDATED: 409,
    Code.STORE_UNAVAILABLE: 503,
    Code.ATTRIBUTION_OFF: 404,
    Code.EXPERIMENT_NOT_FOUND: 404,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """The log line has figures and codes, and nothing that a client sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    line: Mapping[str, object]

    @property
    def measures(self) -> Mapping[Measure, float]:
        """None: API Gateway counts requests, latency and errors of the route."""
        return {}

    @classmethod
    def of(cls, found: Found, known_tags: str, line: Mapping[str, object]) -> Reply:
        """Answer 200, or 304 to a client whose `If-None-Match` has what was found."""
        body = orjson.dumps(found.content)
        tag = f'"{found.version or hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, **_caching(found.max_age_s)}
        if _matches(known_tags, tag):
            return cls(304, "", headers, {**line, "status": 304})
        figures = {"status": 200, "bytes": len(body)}
        return cls(200, body.decode(), JSON | headers, {**line, **figures})

    @classmethod
    def refusal(cls, problems: Sequence[Problem], line: Mapping[str, object]) -> Reply:
        status = _STATUSES.get(problems[0].code, 400)
        headers = JSON | NOT_KEPT | ({"Retry-After": RETRY_AFTER_S} if status == 503 else {})
        body = orjson.dumps({"errors": errors_of(problems, None)}).decode()
        codes = Counter(str(problem.code) for problem in problems)
        return cls(status, body, headers, {**line, "status": status, "codes": codes})


def _caching(max_age_s: int | None) -> Mapping[str, str]:
    return NOT_KEPT if max_age_s is None else {"Cache-Control": f"private, max-age={max_age_s}"}


def _matches(known_tags: str, tag: str) -> bool:
    # A proxy that compresses marks a tag as weak; the content is still the same.
    known = {known.strip().removeprefix("W/") for known in known_tags.split(",")}
    return tag in known or "*" in known
