"""Cursors are not signed, so a client can make one up: it must not read more than its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.code import Code
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.live import LiveCount
from chalicelib.query import cursor
from chalicelib.query.cursor import Bookmark
from chalicelib.query.place import start_of
from chalicelib.query.read_live_metrics import ReadLiveMetrics
from chalicelib.query.refused import Refused
from chalicelib.query.routes import LIVE_METRICS
from tests.builders import NOON_MS
from tests.unit.query.builders import make_asked, problems_of

INVALID = [("cursor", Code.INVALID_CURSOR)]

int64s = st.integers(-(2**63), 2**63 - 1)
places = st.lists(int64s | st.text(max_size=5), max_size=5) | st.tuples(
    int64s, int64s, int64s, st.text(max_size=5)
).map(list)


@dataclass
class WatchedCounters:
    """No counters; `reads` are the ranges that were asked for."""

    reads: list[tuple[int, int]] = field(default_factory=list)

    def minutes(self, first_ms: int, end_ms: int, _: frozenset[str]) -> Sequence[LiveCount]:
        self.reads.append((first_ms, end_ms))
        return ()

    hours = minutes


def ask_with(bookmark: Bookmark, counters: WatchedCounters) -> None:
    made_up = cursor.encode(cursor.query_id(LIVE_METRICS.path, {}), bookmark)
    ReadLiveMetrics(counters=counters)(make_asked(LIVE_METRICS, {"cursor": made_up}))


@given(int64s, st.integers(-5, 3 * DAY_MS), places)
def test_a_made_up_cursor_reads_no_more_than_a_range_may_hold(
    first: int, length: int, place: list[int | str]
) -> None:
    counters = WatchedCounters()

    try:
        ask_with(Bookmark(first, first + length, place), counters)
    except Refused:
        assert not counters.reads

    assert len(counters.reads) <= 3 * DAY_MS / HOUR_MS + 1


def test_a_place_before_the_range_is_refused_before_anything_is_read() -> None:
    counters = WatchedCounters()
    bookmark = Bookmark(NOON_MS, NOON_MS + HOUR_MS, [1])

    assert problems_of(lambda: ask_with(bookmark, counters)) == INVALID
    assert not counters.reads


@pytest.mark.parametrize("place", [[NOON_MS - 1], [NOON_MS - 1, 0, -5, "click"], ["click"]])
def test_a_place_that_no_row_of_the_range_has_is_refused(place: list[int | str]) -> None:
    assert problems_of(lambda: start_of(place, NOON_MS)) == INVALID
