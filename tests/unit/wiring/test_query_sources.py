from __future__ import annotations

from threading import Event

import pytest

from chalicelib.settings.query import QuerySettings
from chalicelib.wiring.query_sources import QuerySources


@pytest.fixture
def sources() -> QuerySources:
    return QuerySources(QuerySettings.from_env())


def test_results_are_in_the_order_of_the_work(sources: QuerySources) -> None:
    has_second_ended = Event()

    def work(number: int) -> int:
        if number == 1:
            has_second_ended.wait()
        else:
            has_second_ended.set()
        return number

    assert list(sources.each(work, [1, 2])) == [1, 2]


def test_nothing_still_runs_once_enough_was_taken(sources: QuerySources) -> None:
    is_first_taken = Event()
    begun, ended = set[int](), set[int]()

    def work(number: int) -> int:
        begun.add(number)
        if number > 1:
            is_first_taken.wait()
        ended.add(number)
        return number

    results = iter(sources.each(work, range(1, 100)))
    assert next(results) == 1
    is_first_taken.set()
    del results

    assert begun == ended
    assert len(begun) < 99


def test_a_failure_is_raised_where_its_result_would_be(sources: QuerySources) -> None:
    results = iter(sources.each(lambda number: 1 // number, [1, 0]))

    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
