from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.code import Code
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.query.refused import Refused
from chalicelib.query.span import Reach, Span
from tests.builders import NOON_MS
from tests.unit.query.builders import NOW_MS, problems_of

REACH = Reach(grain_ms=MINUTE_MS, usual_ms=HOUR_MS, longest_ms=DAY_MS)

moments = st.integers(0, 2**45)


@given(moments, st.integers(1, 2**45))
def test_a_range_holds_all_that_was_asked_for_in_whole_grains(first: int, length: int) -> None:
    reach = Reach(grain_ms=MINUTE_MS, usual_ms=HOUR_MS, longest_ms=2**50)
    end = first + length

    span = reach.span(first, end, NOW_MS)

    assert span.first_ms <= first < end <= span.end_ms
    assert span.first_ms % MINUTE_MS == span.end_ms % MINUTE_MS == 0
    assert first - span.first_ms < MINUTE_MS > span.end_ms - end


def test_the_running_minute_is_in_a_range_without_an_end() -> None:
    assert REACH.span(None, None, NOON_MS) == Span(
        NOON_MS + MINUTE_MS - HOUR_MS, NOON_MS + MINUTE_MS
    )


def test_a_start_or_an_end_alone_is_completed() -> None:
    assert REACH.span(NOON_MS, None, NOW_MS) == Span(NOON_MS, NOW_MS + MINUTE_MS)
    assert REACH.span(None, NOON_MS, NOW_MS) == Span(NOON_MS - HOUR_MS, NOON_MS)


@pytest.mark.parametrize(
    ("first", "end"),
    [
        (NOON_MS, NOON_MS),
        (NOON_MS, NOON_MS - 1),
        # Both within one minute, which is what they are rounded to.
        (NOON_MS + 20, NOON_MS + 20),
        (NOON_MS + 20, NOON_MS + 10),
        (NOW_MS + DAY_MS, None),
    ],
)
def test_a_range_that_ends_before_it_begins_is_refused(first: int, end: int | None) -> None:
    assert problems_of(lambda: REACH.span(first, end, NOW_MS)) == [("from", Code.INVALID_RANGE)]


def test_too_long_a_range_is_refused_with_what_would_fit() -> None:
    with pytest.raises(Refused) as refused:
        REACH.span(NOON_MS - 3 * DAY_MS, NOON_MS, NOW_MS)

    [problem] = refused.value.problems
    assert (problem.code, problem.message) == (
        Code.RANGE_TOO_WIDE,
        "the range may be at most 24 hours long",
    )


@given(moments, st.integers(1, DAY_MS))
def test_what_a_refusal_says_would_fit_does_wherever_it_begins(first: int, length: int) -> None:
    span = REACH.span(first, first + length, NOW_MS)

    # A cursor asks for the rounded range again.
    assert REACH.span(span.first_ms, span.end_ms, NOW_MS) == span


def test_the_hours_of_a_range_are_those_that_it_touches() -> None:
    span = Span(NOON_MS + MINUTE_MS, NOON_MS + HOUR_MS + MINUTE_MS)

    assert [hour.text for hour in span.period.hours] == ["2026-11-20T12", "2026-11-20T13"]
