from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.wiring.world import PARALLEL_OBJECTS, ahead


def test_results_are_in_the_order_of_their_items() -> None:
    assert list(ahead(lambda number: number * 2, range(100))) == [2 * n for n in range(100)]


def test_only_a_few_items_are_taken_before_they_are_asked_for() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = ahead(lambda number: number, items())
    next(results)

    assert len(taken) == PARALLEL_OBJECTS + 1


def test_an_error_is_raised_where_its_result_is_asked_for() -> None:
    results = ahead(lambda number: 1 // number, [1, 0])

    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
