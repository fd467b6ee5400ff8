"""What the API answers a client, with the log line and the measures of the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.code import Code, Problem, errors_of
from chalicelib.model.measure import Measure

JSON = {"Content-Type": "application/json"}
# By now the streams have been tried for seconds; an immediate retry would meet the same.
JSON_LATER = JSON | {"Retry-After": "2"}
MAX_LOGGED_ERROR = 500

NOT_STORED = Problem("", Code.STORE_UNAVAILABLE, "the event could not be stored; send it again")

# By the figures that an answer may have.
_MEASURES = {
    "accepted": Measure.EVENTS_ACCEPTED,
    "refused": Measure.EVENTS_REFUSED,
    "refused_requests": Measure.EVENTS_REFUSED,
    "duplicates": Measure.EVENTS_REPEATED,
    "failed": Measure.EVENTS_UNSTORED,
}

_STATUSES = {
    Code.BODY_TOO_LARGE: 413,
    Code.TOO_MANY_EVENTS: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.STORE_UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response; the log line has figures and codes, and nothing that a client sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    line: Mapping[str, object]
    measures: Mapping[Measure, float]

    @classmethod
    def of(cls, status: int, content: object, figures: Mapping[str, object]) -> Answer:
        line = {"event": "events ingested", "status": status, **figures}
        headers = JSON_LATER if status == 503 else JSON
        measures = {
            measure: value
            for name, measure in _MEASURES.items()
            if isinstance(value := figures.get(name), int)
        }
        return cls(status, orjson.dumps(content).decode(), headers, line, measures)

    @classmethod
    def of_refused_request(cls, problems: Sequence[Problem]) -> Answer:
        figures = {"refused_requests": 1, "codes": code_counts(problems)}
        return cls.of(status_of(problems), {"errors": errors_of(problems, None)}, figures)


def status_of(problems: Sequence[Problem]) -> int:
    return _STATUSES.get(problems[0].code, 400)


def code_counts(problems: Iterable[Problem]) -> dict[str, int]:
    return Counter(str(problem.code) for problem in problems)


def store_error(error: str | None) -> dict[str, str]:
    """Return the log field that says why the store failed, if it said so."""
    return {"store_error": error[:MAX_LOGGED_ERROR]} if error else {}
