from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.errors import AttributionOff, PipelineError, StoreUnavailable, TookTooLong
from chalicelib.model import instant
from chalicelib.model.attribution_report import (
    GroupBy,
    GroupedCredits,
    GroupRow,
    Model,
    ReportQuestion,
)
from chalicelib.model.code import Code
from chalicelib.model.instant import DAY_MS
from chalicelib.query import found
from chalicelib.query.read_attribution import NoGroupedCredits, ReadAttribution
from chalicelib.query.reply import Reply
from chalicelib.query.routes import ATTRIBUTION
from chalicelib.query.serve import Serve
from tests.unit.query.builders import NOW_MS, make_asked, problems_of
from tests.unit.query.conformity import complaints_about
from tests.unit.query.fakes import FakeMeter

ONE = 1_000_000_000


def make_row(**changes: Any) -> GroupRow:
    row: dict[str, Any] = {
        "place": 1,
        "name": "spring",
        "n_groups": 1,
        "clicks": 8,
        "credit_nanos": 2 * ONE,
        "final_nanos": ONE,
        "revenue_micros": {"EUR": 30_000_000},
        "median_s": 60,
        "p90_s": 600,
    }
    return GroupRow(**row | changes)


def make_unattributed(**changes: Any) -> GroupRow:
    nothing = {"name": None, "n_groups": 0, "clicks": 0, "median_s": None, "p90_s": None}
    zero = {"credit_nanos": 0, "final_nanos": 0, "revenue_micros": {}}
    return make_row(place=-1, **nothing | zero | changes)


@dataclass
class FakeGroupedCredits:
    rows: Sequence[GroupRow] = (make_unattributed(),)
    final_until_ms: int | None = None
    failure: PipelineError | None = None
    asked: list[ReportQuestion] = field(default_factory=list)

    def read(self, question: ReportQuestion) -> GroupedCredits:
        self.asked.append(question)
        if self.failure:
            raise self.failure
        return GroupedCredits(self.rows, self.final_until_ms)


def read(credits_: FakeGroupedCredits, **given: object) -> Any:
    return ReadAttribution(credits_)(make_asked(ATTRIBUTION, given)).content


def served(credits_: FakeGroupedCredits | NoGroupedCredits, **given: str) -> Reply:
    verb = ReadAttribution(credits_)
    serve = Serve(route=ATTRIBUTION, read=verb, clock=lambda: NOW_MS, meter=FakeMeter())
    return serve({"multiValueQueryStringParameters": {k: [v] for k, v in given.items()}})


def codes_of(reply: Reply) -> list[str]:
    errors = json.loads(reply.body)["errors"]
    return [error["code"] for error in errors]


def test_without_parameters_it_is_the_first_click_by_campaign_of_the_last_week() -> None:
    credits_ = FakeGroupedCredits()

    read(credits_)

    [asked] = credits_.asked
    assert (asked.model, asked.group_by) == (Model.FIRST_CLICK, GroupBy.CAMPAIGN)
    assert asked.end_ms - asked.first_ms == 7 * DAY_MS


def test_a_group_has_its_conversions_share_revenue_and_rate() -> None:
    unattributed = make_unattributed(credit_nanos=2 * ONE, revenue_micros={"EUR": 1})

    content = read(FakeGroupedCredits([unattributed, make_row()]))

    assert content["groups"] == [
        {
            "group": "spring",
            "conversions": 2.0,
            "share": 0.5,
            "final_conversions": 1.0,
            "revenue": {"EUR": {"total_micros": 30_000_000, "total": 30.0}},
            "clicks": 8,
            "conversion_rate": 0.25,
            "time_to_conversion": {"median_s": 60, "p90_s": 600},
        }
    ]
    assert content["unattributed"]["share"] == 0.5
    assert content["total"] == {
        "checkouts": 4,
        "final_checkouts": 1,
        "revenue": {"EUR": {"total_micros": 30_000_001, "total": 30.000001}},
        "clicks": 8,
        "groups": 1,
    }


def test_a_group_without_clicks_in_the_range_has_no_rate() -> None:
    content = read(FakeGroupedCredits([make_unattributed(), make_row(clicks=0)]))

    assert content["groups"][0]["conversion_rate"] is None


def test_clicks_without_a_campaign_are_a_group_without_a_name() -> None:
    content = read(FakeGroupedCredits([make_unattributed(), make_row(name="")]))

    assert content["groups"][0]["group"] is None


def test_groups_that_are_not_shown_are_counted_and_added_up() -> None:
    rows = [
        make_unattributed(),
        make_row(place=0, name=None, n_groups=7),
        make_row(place=1, n_groups=7),
    ]

    content = read(FakeGroupedCredits(rows), limit=1)

    assert content["other"]["groups"] == 6
    assert content["other"]["conversions"] == 2.0
    assert content["total"]["groups"] == 7


def test_an_empty_range_has_no_groups_and_no_share() -> None:
    content = read(FakeGroupedCredits())

    assert content["groups"] == []
    assert content["other"] is None
    assert content["unattributed"]["share"] == 0.0


@pytest.mark.parametrize(
    ("until_ms", "max_age_s"),
    [(NOW_MS, found.FINAL), (NOW_MS - DAY_MS - 1, found.ROLLED_UP), (None, found.ROLLED_UP)],
)
def test_only_a_range_that_is_final_may_be_kept_for_long(
    until_ms: int | None, max_age_s: int
) -> None:
    given = {"from": "2026-11-10", "to": instant.to_text(NOW_MS - DAY_MS)}
    credits_ = FakeGroupedCredits(final_until_ms=until_ms)

    answer = ReadAttribution(credits_)(make_asked(ATTRIBUTION, given))

    assert answer.max_age_s == max_age_s


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("1ms", 1), ("30s", 30_000), ("10m", 600_000), ("2h", 7_200_000), ("7d", 7 * DAY_MS)],
)
def test_a_half_life_is_a_number_with_its_unit(text: str, milliseconds: int) -> None:
    credits_ = FakeGroupedCredits()

    content = read(credits_, model="time_decay", half_life=text)

    assert credits_.asked[0].half_life_ms == content["half_life_ms"] == milliseconds


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"model": "fisrt_click"}, Code.NOT_ALLOWED),
        ({"group_by": "page"}, Code.NOT_ALLOWED),
        ({"half_life": "10m"}, Code.NOT_ALLOWED),
        ({"model": "time_decay", "half_life": "10"}, Code.WRONG_FORMAT),
        ({"model": "time_decay", "half_life": "0s"}, Code.OUT_OF_RANGE),
        ({"model": "time_decay", "half_life": "366d"}, Code.OUT_OF_RANGE),
        ({"from": "2026-01-01", "to": "2026-11-01"}, Code.RANGE_TOO_WIDE),
        ({"limit": 201}, Code.OUT_OF_RANGE),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(given: dict[str, object], code: Code) -> None:
    [(_, found_code)] = problems_of(lambda: read(FakeGroupedCredits(), **given))

    assert found_code is code


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (AttributionOff(), 404, "attribution_off"),
        (TookTooLong(), 400, "range_too_wide"),
        (StoreUnavailable("gone"), 503, "store_unavailable"),
    ],
)
def test_what_goes_wrong_has_a_status_and_a_code(
    failure: PipelineError, status: int, code: str
) -> None:
    reply = served(FakeGroupedCredits(failure=failure))

    assert (reply.status, codes_of(reply)) == (status, [code])
    assert ("Retry-After" in reply.headers) == (status == 503)
    assert complaints_about(ATTRIBUTION, status, json.loads(reply.body)) == []


def test_a_stage_without_attribution_says_so() -> None:
    assert codes_of(served(NoGroupedCredits())) == ["attribution_off"]


def test_an_answer_conforms_to_the_document() -> None:
    rows = [make_unattributed(), make_row(place=0, name=None, n_groups=3), make_row(name="")]
    credits_ = FakeGroupedCredits(rows, final_until_ms=NOW_MS)

    for given in ({}, {"model": "time_decay", "group_by": "source"}):
        assert complaints_about(ATTRIBUTION, 200, read(credits_, **given)) == []
