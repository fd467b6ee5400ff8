from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.query.kinds import Choice, Count, Kind, Moment, Names, Text
from chalicelib.query.parameters import EVENT_TYPES, FROM, Parameter, limit, read
from chalicelib.query.refused import Refused, Wrong
from tests.builders import NOON_MS
from tests.unit.query.builders import problems_of

LIMIT = limit(10, 100)
NEEDED: Parameter[str] = Parameter(
    name="shard_id", kind=Text("[a-z]+", 5), description="", default="", is_required=True
)


def test_what_is_left_out_has_its_default() -> None:
    assert read((LIMIT, FROM, EVENT_TYPES), {}) == {
        "limit": 10,
        "from": None,
        "event_type": frozenset(),
    }


def test_every_problem_is_named_with_its_field_and_code() -> None:
    texts = {"limit": ["0"], "from": ["yesterday"], "colour": ["red"], "to": ["2026"]}

    assert problems_of(lambda: read((LIMIT, FROM, NEEDED), texts)) == [
        ("colour", Code.UNKNOWN_PARAMETER),
        ("to", Code.UNKNOWN_PARAMETER),
        ("limit", Code.OUT_OF_RANGE),
        ("from", Code.TIMESTAMP_INVALID),
        ("shard_id", Code.MISSING_FIELD),
    ]


def test_an_unknown_parameter_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Refused) as refused:
        read((LIMIT, FROM), {"form": ["2026-11-21"]})

    assert refused.value.problems[0].message == (
        "form is not a parameter of this route; those are limit, from"
    )


def test_one_value_may_be_given_only_once() -> None:
    assert problems_of(lambda: read((LIMIT,), {"limit": ["5", "5"]})) == [
        ("limit", Code.REPEATED_PARAMETER)
    ]


@pytest.mark.parametrize("texts", [["click,_all"], ["click", "_all"], ["_all", "click,click"]])
def test_names_may_be_repeated_or_separated_by_commas(texts: Sequence[str]) -> None:
    assert read((EVENT_TYPES,), {"event_type": texts}) == {
        "event_type": frozenset({"click", "_all"})
    }


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T12",
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.000999Z",
        "2026-11-20T13:00:00+01:00",
        "20261120T120000Z",
    ],
)
def test_an_instant_may_be_an_hour_or_have_a_zone(text: str) -> None:
    assert Moment().read(text) == NOON_MS


def test_a_day_is_its_first_instant_in_utc() -> None:
    assert Moment().read("2026-11-20") == NOON_MS - NOON_MS % instant.DAY_MS


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Moment(), "2026-11-20T12:00:00", Code.TIMESTAMP_INVALID),
        (Moment(), "2026-02-30", Code.TIMESTAMP_INVALID),
        (Moment(), "2026-11-20T24", Code.TIMESTAMP_INVALID),
        (Moment(), "1795255200000", Code.TIMESTAMP_INVALID),
        (Moment(), "", Code.TIMESTAMP_INVALID),
        (Moment(), "1969-12-31", Code.OUT_OF_RANGE),
        (Moment(), "9999-01-01", Code.OUT_OF_RANGE),
        (Count(9), "1e3", Code.WRONG_TYPE),
        (Count(9), "٣", Code.WRONG_TYPE),
        (Count(9), "10", Code.OUT_OF_RANGE),
        (Count(9), "-1", Code.OUT_OF_RANGE),
        (Count(9), "9" * 5_000, Code.OUT_OF_RANGE),
        (Choice(("hour", "day")), "Hour", Code.NOT_ALLOWED),
        (Names(2), "Click", Code.WRONG_FORMAT),
        (Names(2), "click,", Code.WRONG_FORMAT),
        (Names(2), "a" * 65, Code.WRONG_FORMAT),
        (Names(2), "a,b,c", Code.TOO_LONG),
        (Names(2), "_quarantined", Code.WRONG_FORMAT),
        (Text("[a-z]+", 5), "abcdef", Code.TOO_LONG),
        (Text("[a-z]+", 5), "ab\n", Code.WRONG_FORMAT),
    ],
)
def test_a_text_without_a_value_is_refused(kind: Kind[object], text: str, code: Code) -> None:
    with pytest.raises(Wrong) as wrong:
        kind.read(text)

    assert wrong.value.code is code


def test_a_plus_sign_that_became_a_space_is_explained() -> None:
    with pytest.raises(Wrong, match="%2B"):
        Moment().read("2026-11-20T13:00:00 01:00")


def test_an_instant_without_a_zone_is_explained() -> None:
    with pytest.raises(Wrong, match="needs a zone"):
        Moment().read("2026-11-20T13:00:00")


@given(st.sampled_from([Moment(), Count(9), Choice(("a",)), Names(2), Text("a+", 5)]), st.text())
def test_any_text_is_read_or_refused(kind: Kind[object], text: str) -> None:
    with suppress(Wrong):
        kind.read(text)
