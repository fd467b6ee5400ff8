"""Answer a question about attribution from its database, for the API, which can't reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.attribution.ports import GroupedCreditsReader
from chalicelib.errors import StoreUnavailable, TookTooLong
from chalicelib.model.attribution_report import ReportQuestion
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock

TOOK_TOO_LONG = "took_too_long"
UNAVAILABLE = "unavailable"
MAX_LOGGED_ERROR = 500


@dataclass(frozen=True, slots=True)
class Reported:
    """What the API gets: the credits, or a `problem`."""

    answer: Mapping[str, Any]
    line: Mapping[str, object]

    @property
    def measures(self) -> Mapping[Measure, float]:
        """None: API Gateway counts requests, latency and errors of the route."""
        return {}

    def to_json(self) -> dict[str, Any]:
        return {**self.answer}


@dataclass(frozen=True, slots=True)
class ReportAttribution:
    """Problems are answers: an invocation that raised would be retried by nobody, and alarm."""

    credits: GroupedCreditsReader
    clock: Clock

    def __call__(self, event: Mapping[str, Any]) -> Reported:
        question = ReportQuestion.from_json(event)
        started_ms = self.clock()
        try:
            answer = self.credits.read(question).to_json()
        except TookTooLong:
            answer = {"problem": TOOK_TOO_LONG}
        except StoreUnavailable as error:
            answer = {"problem": UNAVAILABLE, "reason": str(error)[:MAX_LOGGED_ERROR]}
        line: dict[str, object] = {
            "event": "attribution reported",
            "model": question.model,
            "rows": len(answer.get("rows", ())),
            "duration_ms": self.clock() - started_ms,
            **{name: answer[name] for name in ("problem", "reason") if name in answer},
        }
        return Reported(answer, line)
