from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.rollup import DetermineHours
from tests.builders import NOON, NOON_MS
from tests.unit.rollup.fakes import FakeHourMarks


@pytest.fixture
def marks() -> FakeHourMarks:
    return FakeHourMarks()


@pytest.fixture
def determine_hours(marks: FakeHourMarks) -> DetermineHours:
    return DetermineHours(marks, lambda: NOON.plus(1).start_ms, max_hours=3)


def scheduled(window: Hour) -> Mapping[str, object]:
    return {"window": window.window_start}


def test_the_window_is_rolled_up_even_when_nothing_happened(
    determine_hours: DetermineHours,
) -> None:
    work = determine_hours(scheduled(NOON))

    assert work.to_json() == {"hours": [{"window_start": "2026-11-20T12:00:00Z"}]}


def test_hours_that_changed_follow_the_window_newest_and_longest_waiting_by_turns(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.mark(NOON.plus(-1))
    marks.mark(NOON.plus(-30))

    assert determine_hours(scheduled(NOON)).hours == [NOON, NOON.plus(-1), NOON.plus(-30)]


def test_an_hour_rolled_up_since_it_changed_is_left_alone(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.finish(NOON.plus(-1), marks.begin(NOON.plus(-1), NOON_MS))

    assert determine_hours(scheduled(NOON)).hours == [NOON]


def test_an_hour_whose_rollup_never_finished_is_due(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.finish(NOON.plus(-1), marks.begin(NOON.plus(-1), NOON_MS))
    marks.begin(NOON.plus(-1), NOON_MS)

    assert determine_hours(scheduled(NOON)).hours == [NOON, NOON.plus(-1)]


def test_an_hour_after_the_window_waits(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.mark(NOON.plus(1))

    assert determine_hours(scheduled(NOON)).hours == [NOON]


def test_a_window_that_changed_is_listed_once(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.mark(NOON)

    assert determine_hours(scheduled(NOON)).hours == [NOON]


def test_more_than_a_run_can_do_waits_for_the_next(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    for age in range(1, 6):
        marks.mark(NOON.plus(-age))

    work = determine_hours(scheduled(NOON))

    assert work.hours == [NOON, NOON.plus(-1), NOON.plus(-5)]
    assert work.measures == {Measure.HOURS_LEFT: 3}


def test_an_hour_that_keeps_failing_is_left_and_counted(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    for hours_ago in (5, 1):
        marks.begin(NOON.plus(-9), NOON.plus(1 - hours_ago).start_ms)

    work = determine_hours(scheduled(NOON))

    assert work.hours == [NOON]
    assert (work.n_left, work.n_backed_off) == (1, 1)


def test_a_request_takes_just_its_hours_marks_or_not(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.mark(NOON.plus(-1))

    work = determine_hours({"from": NOON.window_start, "to": NOON.plus(4).window_start})

    assert work.hours == [NOON, NOON.plus(1), NOON.plus(2), NOON.plus(3)]


def test_the_work_logs_one_line_of_json(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    marks.mark(NOON.plus(-1))

    assert determine_hours(scheduled(NOON)).line == {
        "event": "hours determined",
        "hours": 2,
        "first": "2026-11-20T11:00:00Z",
        "last": "2026-11-20T12:00:00Z",
        "left": 0,
        "backed_off": 0,
        "unsealed": 0,
    }


def roll_up(marks: FakeHourMarks, *hours: Hour) -> None:
    for hour in hours:
        marks.finish(hour, marks.begin(hour, NOON_MS))


def test_hours_that_are_not_sealed_have_the_room_that_is_left(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    roll_up(marks, *(NOON.plus(-n) for n in range(1, 5)))
    marks.mark(NOON.plus(-9))

    work = determine_hours(scheduled(NOON))

    assert (work.hours, work.unsealed) == ([NOON, NOON.plus(-9)], [NOON.plus(-1)])
    assert work.measures == {Measure.HOURS_LEFT: 0}


def test_the_state_machine_knows_hours_that_are_only_sealed_by_their_status(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    roll_up(marks, NOON.plus(-1))

    assert determine_hours(scheduled(NOON)).to_json()["hours"] == [
        {"window_start": "2026-11-20T12:00:00Z"},
        {"window_start": "2026-11-20T11:00:00Z", "status": "unchanged"},
    ]


def test_an_hour_that_keeps_failing_to_be_sealed_is_left_alone_for_a_while(
    determine_hours: DetermineHours, marks: FakeHourMarks
) -> None:
    hour, now_ms = NOON.plus(-9), NOON.plus(1).start_ms
    roll_up(marks, hour)
    marks.begin_seal(hour, now_ms - 3_600_000)
    assert determine_hours(scheduled(NOON)).unsealed == [hour]

    marks.begin_seal(hour, now_ms - 1)
    assert determine_hours(scheduled(NOON)).unsealed == []
