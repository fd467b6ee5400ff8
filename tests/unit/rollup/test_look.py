from __future__ import annotations

from chalicelib.rollup.look import Look


def test_the_largest_types_are_those_of_most_records_found_or_counted() -> None:
    look = Look([], {"click": 3, "view": 2}, {"click": 1, "lost": 9, "view": 2})

    assert look.largest(2) == {"lost", "click"}


def test_of_types_of_one_size_those_first_by_name_are_the_largest() -> None:
    assert Look([], {"c": 1, "a": 1, "b": 1}, {}).largest(2) == {"a", "b"}


def test_a_surplus_of_one_type_does_not_hide_what_another_lacks() -> None:
    assert Look([], {"click": 5}, {"click": 1, "view": 3}).missing == 3


def test_counters_that_have_expired_miss_nothing() -> None:
    assert Look([], {"click": 5}, {}).missing == 0
