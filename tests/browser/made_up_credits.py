"""What a made-up world credits its campaigns with, as the real verb shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import AttributionOff
from chalicelib.model.attribution_report import (
    WHOLE_CREDIT,
    GroupedCredits,
    GroupRow,
    Model,
    ReportQuestion,
)
from chalicelib.model.instant import DAY_MS, MINUTE_MS
from chalicelib.query.asked import ask
from chalicelib.query.read_attribution import ReadAttribution
from chalicelib.query.routes import ATTRIBUTION

PER_DAY = 180


@dataclass(frozen=True)
class MadeUpCredits:
    """Campaigns by the weight of their credit; None where attribution is off."""

    weights: Mapping[str, float] | None
    now_ms: int

    def read(self, question: ReportQuestion) -> GroupedCredits:
        if self.weights is None:
            raise AttributionOff
        days = (min(question.end_ms, self.now_ms) - question.first_ms) / DAY_MS
        checkouts = round(PER_DAY * days) if self.weights else 0
        named = self._rows(question, checkouts) if checkouts else []
        left = checkouts * WHOLE_CREDIT - sum(row.credit_nanos for row in named)
        revenue = {"EUR": left // 25, "USD": left // 200} if left else {}
        rest = GroupRow(-1, None, 0, 0, left, left * 9 // 10, revenue, None, None)
        return GroupedCredits([rest, *named], self.now_ms - 5 * MINUTE_MS)

    def _rows(self, question: ReportQuestion, checkouts: int) -> list[GroupRow]:
        weights = self.weights or {}
        is_shared = question.model not in (Model.FIRST_CLICK, Model.LAST_CLICK)
        whole = sum(weights.values()) / 0.8
        rows = []
        for place, (name, weight) in enumerate(weights.items(), 1):
            credit = checkouts * weight / whole + (0.25 if is_shared else 0)
            nanos = round(credit, 2 if is_shared else 0) * WHOLE_CREDIT
            revenue = {"EUR": int(nanos // 25), "USD": int(nanos // 400)}
            times = (140 * place, 1_900 + 100 * place)
            clicks = round(credit * (6 + place))
            final = int(nanos * 9 // 10)
            rows.append(
                GroupRow(place, name, len(weights), clicks, int(nanos), final, revenue, *times)
            )
        return rows


def answer(
    weights: Mapping[str, float] | None, query: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    now_ms = round(now.timestamp() * 1000)
    given = {name: [value] for name, value in query.items()}
    asked = ask(ATTRIBUTION.path, ATTRIBUTION.parameters, given, now_ms)
    return {**ReadAttribution(MadeUpCredits(weights, now_ms))(asked).content}
