"""Wherever a run dies between row, publication and mark, no alert is lost; few come twice."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.anomalies.publish_alerts import RESERVED_MS
from tests.builders import NOON
from tests.unit.anomalies.judging import USUAL, World
from tests.unit.rollup.interleaving import FATES, Actor, Fate, Gated, settle

pytestmark = pytest.mark.slow

LAST = NOON.plus(-1)
FLOOD, SLOW = USUAL._replace(events=600), USUAL._replace(latency_p95_ms=3_000.0)
ALERTED = {
    (hour.window_start, metric, event_type)
    for hour, metric in ((NOON.plus(-2), "volume"), (LAST, "latency"))
    for event_type in ("_all", "click")
}
# More than the calls of a run, of which most are of quiet hours.
MANY = 1_000


class Trouble(World):
    """A flood, an hour later slowness, each worth an alert, and runs that may die."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: list[object] = []
        self.run()
        self.roll_up(NOON.plus(-2), click=FLOOD)
        self.roll_up(LAST, click=SLOW)

    def start(self, name: str) -> Actor:
        def work(actor: Actor) -> None:
            self.run(name, lambda port: Gated(actor, port))

        return Actor(work, self.lost).start()  # type: ignore[arg-type]  # calls, to `settle` too

    def settle_all(self) -> None:
        while self.lost:
            settle(self.lost)  # type: ignore[arg-type]  # as above

    def check_all_are_alerted(self) -> None:
        self.now_ms += RESERVED_MS
        self.run("the next")
        assert {*self.alerted()} == ALERTED
        assert self.anomalies.pending_alerts(NOON.plus(-40), NOON) == []


def let(actor: Actor, steps: int, fate: Fate) -> None:
    for left in reversed(range(steps)):
        if not actor.is_done:
            actor.step("works" if left else fate)


def n_calls() -> int:
    actor, calls = Trouble().start("run"), 0
    while not actor.is_done:
        actor.step("works")
        calls += 1
    return calls


CALLS = n_calls()


# Whose call works and which is never heard of again has died as well.
@pytest.mark.parametrize("fate", FATES)
def test_a_run_may_die_at_any_call(fate: Fate) -> None:
    for calls in range(1, CALLS + 1):
        world = Trouble()
        let(world.start("run"), calls, fate)
        world.settle_all()

        world.check_all_are_alerted()

        assert max(Counter(world.alerted()).values()) <= 2


def test_a_run_that_is_tried_again_under_its_name_goes_on_at_once() -> None:
    for calls in range(1, CALLS + 1):
        world = Trouble()
        let(world.start("run"), calls, "fails_after")

        world.run("run")

        assert {*world.alerted()} == ALERTED


def test_two_runs_that_meet_send_nothing_twice() -> None:
    for first, second in product(range(1, CALLS + 1, 2), range(1, CALLS + 1, 3)):
        world = Trouble()
        one, other = world.start("one"), world.start("other")
        let(one, first, "works")
        let(other, second, "works")
        let(one, MANY, "works")
        let(other, MANY, "works")

        world.check_all_are_alerted()

        assert max(Counter(world.alerted()).values()) == 1


turns = st.tuples(st.integers(0, 2), st.integers(1, 9), st.sampled_from(FATES))


@settings(max_examples=100, deadline=None)
@given(st.lists(turns, max_size=30))
def test_nothing_is_lost_however_runs_meet_and_die(schedule: list[tuple[int, int, Fate]]) -> None:
    world = Trouble()
    actors = [world.start(f"run-{n}") for n in range(3)]
    for chosen, steps, fate in schedule:
        let(actors[chosen], steps, fate)
    for actor in actors:
        let(actor, MANY, "works")
    world.settle_all()

    world.check_all_are_alerted()


def test_an_older_judgement_that_wakes_late_changes_nothing() -> None:
    for calls in range(1, CALLS + 1):
        world = Trouble()
        older = world.start("older")
        let(older, calls, "works")
        world.roll_up(NOON.plus(-2), click=USUAL)
        world.run("newer")
        let(older, MANY, "works")
        world.run("the next")

        standing = world.anomalies.standing(NOON.plus(-2), LAST)
        assert [anomaly for anomaly in standing if anomaly.hour == NOON.plus(-2)] == []
