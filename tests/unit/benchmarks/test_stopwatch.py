"""In which order works are measured, and what is measured of them."""

from __future__ import annotations

import os
from functools import partial

from benchmarks.stopwatch import WALL_CLOCK, clock_with, repeated, take_turns


class Tape:
    """Works that note their names, and a clock that advances by what each is said to take."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.now_s = 0.0

    def work(self, name: str, seconds: float = 1) -> None:
        self.names.append(name)
        self.now_s += seconds

    def clock(self) -> float:
        return self.now_s


def test_works_take_turns_after_one_that_is_not_measured() -> None:
    tape = Tape()

    take_turns(partial(tape.work, "a"), partial(tape.work, "b"), turns=2, clock=tape.clock)

    assert tape.names == ["a", "b", "a", "b", "a", "b"]


def test_each_work_is_charged_its_own_time_turn_by_turn() -> None:
    tape = Tape()

    ours, floor = take_turns(
        partial(tape.work, "ours", 3), partial(tape.work, "floor", 2), turns=2, clock=tape.clock
    )

    assert ours == [3, 3]
    assert floor == [2, 2]


def test_a_short_work_is_called_several_times_in_a_row() -> None:
    tape = Tape()

    repeated(partial(tape.work, "a"), 3)()

    assert tape.names == ["a", "a", "a"]


def test_the_time_of_a_process_that_works_for_us_counts_where_it_can_be_read() -> None:
    clock = clock_with(os.getpid())

    assert clock is WALL_CLOCK or clock() <= clock()


def test_the_wall_clock_stands_in_for_what_cannot_be_read() -> None:
    assert clock_with(2**22 + 1) is WALL_CLOCK
