"""What is remembered is never other than what would be read."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.hour import Hour
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup, HourMark
from chalicelib.query.memo import Memo, version_of
from chalicelib.query.read_metrics import ReadMetrics
from chalicelib.query.routes import METRICS
from tests.builders import NOON, make_rollup
from tests.unit.query.builders import Given, make_asked
from tests.unit.query.fakes import FakeRollups

FIRST = NOON.plus(-6)
RANGE: Given = {"from": FIRST, "to": NOON}

hours = st.integers(0, 5).map(FIRST.plus)
counts = st.dictionaries(st.sampled_from(["click", "view"]), st.integers(1, 3), max_size=2)
questions = st.fixed_dictionaries(
    {
        "by": st.sampled_from(["hour", "day", "range"]),
        "event_type": st.sampled_from([None, "click", "_all,view"]),
        "limit": st.sampled_from([2, 100]),
    }
)
events = st.lists(
    st.one_of(
        st.tuples(st.just("changed"), hours),
        st.tuples(st.just("rolled up"), hours, counts),
        st.tuples(st.just("begun"), hours, counts),
        st.tuples(st.just("asked"), questions),
    ),
    max_size=20,
)


def rows_of(hour: Hour, by_type: dict[str, int]) -> list[HourlyRollup]:
    named = {ALL_TYPES: sum(by_type.values()), **by_type}
    return [make_rollup(name, count, hour) for name, count in named.items()]


def make_reader(rollups: FakeRollups) -> ReadMetrics:
    return ReadMetrics(rollups=rollups, hours=rollups, max_items=10_000)


def content(read: ReadMetrics, given: Given) -> Any:
    return read(make_asked(METRICS, {**RANGE, **given})).content


@given(events)
def test_an_answer_is_the_same_whatever_is_remembered(happened: list[tuple[Any, ...]]) -> None:
    rollups = FakeRollups()
    remembering = make_reader(rollups)
    for what, *about in happened:
        match what:
            case "changed":
                rollups.hour_marks.mark(about[0])
            case "rolled up" | "begun":
                rollups.store(rows_of(*about), finished=what == "rolled up")
            case _:
                fresh = content(make_reader(rollups), about[0])
                assert content(remembering, about[0]) == fresh


def test_what_is_remembered_is_not_read_again() -> None:
    rollups = FakeRollups()
    rollups.store(rows_of(FIRST, {"click": 1}))
    read = make_reader(rollups)
    content(read, {})
    before = rollups.n_read

    content(read, {})
    content(read, {"event_type": "click"})

    assert rollups.n_read == before


def test_only_what_was_rolled_up_since_is_read_again() -> None:
    rollups = FakeRollups()
    rollups.store([*rows_of(FIRST, {"click": 1}), *rows_of(FIRST.plus(1), {"click": 1})])
    read = make_reader(rollups)
    content(read, {})
    before = rollups.n_read
    rollups.store(rows_of(FIRST, {"click": 2}))

    rows = content(read, {"event_type": "click"})["rows"]

    assert [row["events"] for row in rows] == [2, 1]
    assert rollups.n_read == before + 1


def test_hours_that_are_due_are_read_each_time() -> None:
    rollups = FakeRollups()
    rollups.store(rows_of(FIRST, {"click": 1}))
    rollups.hour_marks.mark(FIRST)
    read = make_reader(rollups)
    content(read, {})
    before = rollups.n_read

    content(read, {})

    assert rollups.n_read == 2 * before


def test_the_values_used_last_are_kept() -> None:
    memo = Memo[str, int](most=2)
    memo.keep({"a": 1, "b": 2})
    memo.known(["a"])

    memo.keep({"c": 3})

    assert memo.known("abc") == {"a": 1, "c": 3}


def test_a_version_names_the_rollups_of_hours_that_are_not_due() -> None:
    marks = {FIRST: HourMark(FIRST, 4, 4), NOON: HourMark(NOON, 2, 1)}

    assert version_of([FIRST, FIRST.plus(1)], marks) == (4, 0)
    assert version_of([FIRST, NOON], marks) is None
