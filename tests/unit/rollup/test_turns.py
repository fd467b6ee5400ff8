"""No due hour waits for ever: two weeks of runs with far more hours than a run can take."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.rollup import DueHour
from chalicelib.rollup import DetermineHours
from chalicelib.rollup.determine_hours import MAX_DUE_HOURS
from chalicelib.rollup.turns import MAX_BACKOFF_MS, by_turns, is_ready
from tests.builders import NOON, NOON_MS
from tests.unit.rollup.fakes import FakeHourMarks

RUNS = 14 * 24
TOUCHED_PER_RUN = 200
# As old as ingest lets an event be.
OLDEST = 30 * 24
FAILING_EVERY = 25
TEN_PAST_MS = HOUR_MS // 6


def hours_of(*hours_ago: int) -> list[DueHour]:
    return [DueHour(NOON.plus(-ago)) for ago in hours_ago]


def test_the_newest_and_the_one_tried_longest_ago_take_turns() -> None:
    assert by_turns(hours_of(1, 2, 3, 4, 5), 4) == [
        NOON.plus(-1),
        NOON.plus(-5),
        NOON.plus(-2),
        NOON.plus(-4),
    ]


def test_an_hour_that_was_tried_goes_behind_those_that_were_not() -> None:
    tried = DueHour(NOON.plus(-9), tried_ms=1)

    assert by_turns([tried, *hours_of(1, 2)], 2) == [NOON.plus(-1), NOON.plus(-2)]


def test_hours_that_are_few_are_all_taken_once() -> None:
    assert sorted(by_turns(hours_of(1, 2, 3), 168)) == [
        NOON.plus(-3),
        NOON.plus(-2),
        NOON.plus(-1),
    ]


@pytest.mark.parametrize(
    ("failing_for_ms", "waits_ms"),
    [(0, 0), (HOUR_MS, HOUR_MS), (3 * HOUR_MS, 3 * HOUR_MS), (99 * HOUR_MS, MAX_BACKOFF_MS)],
)
def test_an_hour_is_left_alone_for_as_long_as_it_has_been_failing(
    failing_for_ms: int, waits_ms: int
) -> None:
    due = DueHour(NOON, tried_ms=NOON_MS, unfinished_ms=NOON_MS - failing_for_ms)

    assert is_ready(due, NOON_MS + waits_ms)
    assert not is_ready(due, NOON_MS + waits_ms - 1)


@pytest.mark.parametrize("due", [DueHour(NOON), DueHour(NOON, tried_ms=NOON_MS)])
def test_an_hour_that_does_not_fail_is_ready_at_once(due: DueHour) -> None:
    assert is_ready(due, NOON_MS)


@dataclass
class Simulation:
    """Each run touches many distinct hours, the recent ones among them; some hours always fail."""

    marks: FakeHourMarks = field(default_factory=FakeHourMarks)
    due_since: dict[Hour, int] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)
    tried: dict[Hour, list[int]] = field(default_factory=dict)
    now_ms: int = 0

    def run_for(self, n_runs: int) -> None:
        chance = random.Random(7)
        determine_hours = DetermineHours(self.marks, lambda: self.now_ms)
        for run in range(n_runs):
            window = NOON.plus(run)
            self.now_ms = window.plus(1).start_ms + TEN_PAST_MS
            recent = [*range(2, 49)]
            others = chance.sample(range(49, OLDEST), TOUCHED_PER_RUN - len(recent))
            self.touch([window.plus(-ago) for ago in (*recent, *others)], run)
            self.roll_up(determine_hours({"window": window.window_start}).hours, run)

    def touch(self, hours: Sequence[Hour], run: int) -> None:
        for hour in hours:
            self.marks.mark(hour)
            self.due_since.setdefault(hour, run)

    def roll_up(self, hours: Sequence[Hour], run: int) -> None:
        assert len(set(hours)) == len(hours) <= MAX_DUE_HOURS
        for hour in hours:
            mark = self.marks.begin(hour, self.now_ms)
            self.tried.setdefault(hour, []).append(run)
            if not is_failing(hour):
                self.marks.finish(hour, mark)
                self.waits.append(run - self.due_since.pop(hour, run))


def is_failing(hour: Hour) -> bool:
    return hour.start_ms // HOUR_MS % FAILING_EVERY == 0


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    simulated = Simulation()
    simulated.run_for(RUNS)
    return simulated


def test_no_hour_waits_longer_than_the_bound(simulation: Simulation) -> None:
    # All hours that can be due at once, by what a run takes of those that wait longest.
    bound = -(-OLDEST // ((MAX_DUE_HOURS - 1) // 2))
    still_waiting = [
        RUNS - since for hour, since in simulation.due_since.items() if not is_failing(hour)
    ]

    assert bound == 9
    assert max(simulation.waits) <= bound
    assert max(still_waiting) <= bound


def test_recent_hours_are_restated_by_every_run(simulation: Simulation) -> None:
    settled = NOON.plus(100)
    hours = [hour for hour in settled.until(settled.plus(100)) if not is_failing(hour)]

    for hour in hours:
        first = (hour.start_ms - NOON_MS) // HOUR_MS
        runs = set(simulation.tried[hour])
        assert runs >= set(range(first + 2, first + 49))


def test_hours_that_always_fail_are_tried_again_and_again_and_not_by_every_run(
    simulation: Simulation,
) -> None:
    settled = NOON.plus(100)
    failing = [hour for hour in settled.until(settled.plus(100)) if is_failing(hour)]

    for hour in failing:
        pauses = [after - before for before, after in pairwise(simulation.tried[hour])]
        late = pauses[4:]
        assert len(simulation.tried[hour]) >= 12
        assert min(late) >= MAX_BACKOFF_MS // HOUR_MS
        assert max(late) <= MAX_BACKOFF_MS // HOUR_MS + 9
