"""What the API says to a client, and what it says of it in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.code import Code, Problem
from chalicelib.model.measure import Measure

JSON = {"Content-Type": "application/json"}
# By now the streams have been tried for seconds; whoever comes back at once meets the same.
JSON_LATER = JSON | {"Retry-After": "2"}
MAX_LOGGED_ERROR = 500

UNSTORED = Problem("", Code.STORE_UNAVAILABLE, "the event could not be stored; send it again")

# By the figures that an answer may have.
_MEASURES = {
    "accepted": Measure.EVENTS_ACCEPTED,
    "refused": Measure.EVENTS_REFUSED,
    "refused_requests": Measure.EVENTS_REFUSED,
    "duplicates": Measure.EVENTS_REPEATED,
    "failed": Measure.EVENTS_UNSTORED,
    "bytes": Measure.REQUEST_BYTES,
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
    def refusal(
        cls, problems: Sequence[Problem], index: int | None, n_bytes: int | None = None
    ) -> Answer:
        """Refuse a request for its one event, or as a whole when there is no index."""
        status = _STATUSES.get(problems[0].code, 400)
        content = {"errors": errors_of(problems, index)}
        what = "refused_requests" if index is None else "refused"
        size = {} if n_bytes is None else {"bytes": n_bytes}
        return cls.of(status, content, {what: 1, **size, "codes": code_counts(problems)})


def errors_of(problems: Iterable[Problem], index: int | None) -> list[dict[str, object]]:
    return [
        {"index": index, "field": field, "code": code, "message": message}
        for field, code, message in problems
    ]


def code_counts(problems: Iterable[Problem]) -> dict[str, int]:
    return Counter(str(problem.code) for problem in problems)


def store_error(error: str | None) -> dict[str, str]:
    """Say in the log why the store failed, where it said so."""
    return {"store_error": error[:MAX_LOGGED_ERROR]} if error else {}
