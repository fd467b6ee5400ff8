"""Answer `GET /attribution`: which campaigns or sources are credited with which checkouts."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.errors import AttributionOff
from chalicelib.model import instant
from chalicelib.model.attribution_report import (
    GroupBy,
    GroupedCredits,
    Model,
    ReportQuestion,
)
from chalicelib.model.code import Code, Problem
from chalicelib.model.instant import DAY_MS, MINUTE_MS
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.attribution_shapes import Attribution
from chalicelib.query.credited import groups_of, other_of, total_of, unattributed_of
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice, Count, Duration
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import GroupedCreditsReader
from chalicelib.query.refused import Refused
from chalicelib.query.span import Reach, Span

DEFAULT_HALF_LIFE_MS = 10 * MINUTE_MS

MODEL: Parameter[Model] = Parameter(
    name="model",
    kind=Choice(tuple(Model)),
    description="How the credit of a checkout is shared among the clicks in the window before it.",
    default=Model.FIRST_CLICK,
)
GROUP_BY: Parameter[GroupBy] = Parameter(
    name="group_by",
    kind=Choice(tuple(GroupBy)),
    description="What clicks are grouped by.",
    default=GroupBy.CAMPAIGN,
)
HALF_LIFE: Parameter[int | None] = Parameter(
    name="half_life",
    kind=Duration(most_ms=365 * DAY_MS),
    description="For the model `time_decay` alone: a click that much earlier weighs half as much."
    " 10m by default.",
    default=None,
)
LIMIT: Parameter[int] = Parameter(
    name="limit",
    kind=Count(200),
    description="The most groups that are shown; the others are added up as `other`.",
    default=20,
)
REACH = Reach(grain_ms=MINUTE_MS, usual_ms=7 * DAY_MS, longest_ms=92 * DAY_MS)


@dataclass(frozen=True, slots=True)
class ReadAttribution:
    credits: GroupedCreditsReader

    def __call__(self, asked: Asked) -> Found:
        """Report the checkouts of a range by group.

        Raises:
            Refused: the range is empty or too long, or a half-life has no use.
            AttributionOff: the stage has no attribution.
            TookTooLong: the range holds too much.
        """
        span = asked.span(REACH)
        half_life_ms = _half_life_ms(asked)
        question = ReportQuestion(
            model=asked[MODEL],
            group_by=asked[GROUP_BY],
            first_ms=span.first_ms,
            end_ms=span.end_ms,
            half_life_ms=half_life_ms or DEFAULT_HALF_LIFE_MS,
            most=asked[LIMIT],
        )
        credits_ = self.credits.read(question)
        answer = _answer(question, span, half_life_ms, credits_)
        return Found(answer, found.FINAL if _is_final(span, credits_) else found.ROLLED_UP)


class NoGroupedCredits:
    """A stage without attribution."""

    def read(self, _question: ReportQuestion) -> GroupedCredits:
        raise AttributionOff


def _half_life_ms(asked: Asked) -> int | None:
    given = asked[HALF_LIFE]
    if asked[MODEL] is Model.TIME_DECAY:
        return given or DEFAULT_HALF_LIFE_MS
    if given is not None:
        message = f"half_life is for model=time_decay, and not for {asked[MODEL]}"
        raise Refused(Problem(HALF_LIFE.name, Code.NOT_ALLOWED, message))
    return None


def _answer(
    question: ReportQuestion, span: Span, half_life_ms: int | None, credits_: GroupedCredits
) -> Attribution:
    rows, until_ms = credits_.rows, credits_.final_until_ms
    return {
        "from": span.first,
        "to": span.end,
        "model": question.model,
        "half_life_ms": half_life_ms,
        "group_by": question.group_by,
        "groups": groups_of(rows),
        "other": other_of(rows),
        "unattributed": unattributed_of(rows),
        "total": total_of(rows),
        "final_until": None if until_ms is None else instant.to_text(until_ms),
    }


def _is_final(span: Span, credits_: GroupedCredits) -> bool:
    return credits_.final_until_ms is not None and span.end_ms <= credits_.final_until_ms
