from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from chalicelib.model.period import Period
from chalicelib.query.remembered_past import RECENT_HOURS, RememberedPast
from tests.builders import NOON, NOON_MS

FIRST, END = NOON.plus(-RECENT_HOURS - 2), NOON
ALL = Period(FIRST, END)
OLD = [FIRST, FIRST.plus(1)]


@dataclass
class Store:
    """Hours with the number of times that something was stored, and how many were read."""

    stored: dict[Hour, int] = field(default_factory=lambda: dict.fromkeys(FIRST.until(END), 1))
    n_read: int = 0

    def read(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        found = {hour: n for hour, n in self.stored.items() if first <= hour < end}
        self.n_read += len(found)
        return found

    def change(self) -> None:
        self.stored = {hour: n + 1 for hour, n in self.stored.items()}


@pytest.fixture
def store() -> Store:
    return Store()


def test_hours_of_days_ago_are_read_once_a_minute(store: Store) -> None:
    past = RememberedPast[int]()
    before = past.values(store.read, ALL, NOON_MS)
    assert before == store.stored

    store.change()
    found = past.values(store.read, ALL, NOON_MS + MINUTE_MS - 1)

    assert found == store.stored | {hour: before[hour] for hour in OLD}
    assert past.values(store.read, ALL, NOON_MS + MINUTE_MS) == store.stored


def test_only_recent_hours_are_read_in_between(store: Store) -> None:
    past = RememberedPast[int]()
    past.values(store.read, ALL, NOON_MS)
    n_first = store.n_read

    past.values(store.read, ALL, NOON_MS + 1)

    assert store.n_read - n_first == RECENT_HOURS


def test_another_range_is_read_whole(store: Store) -> None:
    past = RememberedPast[int]()
    past.values(store.read, Period(FIRST.plus(1), END), NOON_MS)

    assert past.values(store.read, ALL, NOON_MS + 1) == store.stored


def test_a_short_range_is_always_read(store: Store) -> None:
    past = RememberedPast[int]()
    past.values(store.read, Period(NOON.plus(-3), END), NOON_MS)
    store.change()

    found = past.values(store.read, Period(NOON.plus(-3), END), NOON_MS + 1)

    assert found == dict.fromkeys(NOON.plus(-3).until(NOON), 2)
