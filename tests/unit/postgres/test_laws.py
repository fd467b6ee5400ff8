"""The laws hold for the statements as they are, and notice those that are wrong."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.postgres import Database
from tests.unit.postgres import laws, mutants
from tests.unit.postgres.laws import Law
from tests.unit.postgres.world import Writer

LAWS: list[Law] = [
    laws.both_edges_of_the_window_count,
    laws.of_simultaneous_clicks_the_smallest_id_wins,
    laws.a_click_that_moves_frees_what_it_was_credited_with,
    laws.a_checkout_that_moves_is_attributed_where_it_is_now,
    laws.the_earliest_record_of_an_event_wins,
    laws.a_user_is_seen_first_in_any_record,
    pytest.param(laws.any_order_gives_the_same_result, marks=pytest.mark.slow),  # type: ignore[list-item]  # a law with a mark
]
BROKEN: list[tuple[str, Law]] = [
    ("WITHOUT_OLD_INSTANT", laws.a_click_that_moves_frees_what_it_was_credited_with),
    ("FIRST_IN", laws.the_earliest_record_of_an_event_wins),
    ("LAST_IN", laws.the_earliest_record_of_an_event_wins),
    ("RANKED_BY_TIME_ALONE", laws.the_earliest_record_of_an_event_wins),
    ("ANY_OF_A_BATCH", laws.the_earliest_record_of_an_event_wins),
    ("OPEN_WINDOW_FOR_CLICKS", laws.both_edges_of_the_window_count),
    ("OPEN_START", laws.both_edges_of_the_window_count),
    ("LONG_WINDOW", laws.both_edges_of_the_window_count),
    ("LAST_OF_A_TIE", laws.of_simultaneous_clicks_the_smallest_id_wins),
    ("LAST_CLICK", laws.any_order_gives_the_same_result),
    ("USERS_WITHOUT_REPEATS", laws.a_user_is_seen_first_in_any_record),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds(database: Database, law: Law) -> None:
    with closing(Writer(database)) as writer:
        assert law(writer) == []


@pytest.mark.parametrize(("name", "law"), BROKEN, ids=[name for name, _ in BROKEN])
def test_the_law_notices_a_version_that_breaks_it(database: Database, name: str, law: Law) -> None:
    with closing(Writer(database, getattr(mutants, name))) as writer:
        assert law(writer) != []
