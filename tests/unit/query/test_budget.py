from __future__ import annotations

import pytest

from chalicelib.model.code import Code
from chalicelib.query import budget
from chalicelib.query.refused import Refused


def refusal_of(*items_of_hours: int, max_items: int = 100) -> tuple[Code, str]:
    with pytest.raises(Refused) as refused:
        budget.check(items_of_hours, max_items)
    [problem] = refused.value.problems
    return problem.code, problem.message


def test_as_many_items_as_may_be_read_are_allowed() -> None:
    budget.check([40, 60], 100)


def test_what_is_said_to_fit_does_even_if_later_hours_hold_less() -> None:
    busy, quiet = [30] * 4, [2] * 20

    code, message = refusal_of(*busy, *quiet)

    assert code is Code.RANGE_TOO_WIDE
    assert "160 items, of at most 100; its first 3 hours would fit" in message
    budget.check(busy[:3], 100)


def test_where_not_even_an_hour_fits_fewer_types_are_asked_for() -> None:
    assert refusal_of(101, 1) == (
        Code.RANGE_TOO_WIDE,
        "the range would read 102 items, of at most 100; ask for fewer event types",
    )
