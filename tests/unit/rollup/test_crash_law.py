"""However rollups and lake writes interleave, fail and die, the rows end as the files say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.lake import hour_rows, partial_keys
from chalicelib.lake.experiment_partials import partial_of
from chalicelib.lake.keys import prefix_of
from chalicelib.model.hour import Hour
from chalicelib.model.merged import MergedRollup, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup
from chalicelib.rollup import DetermineHours
from chalicelib.rollup.partials import Partials
from chalicelib.rollup.roll_up_hour import RollUpHour
from tests.builders import NOON
from tests.unit.rollup.builders import Row, make_file, make_key, make_row
from tests.unit.rollup.fakes import (
    FakeAggregates,
    FakeExperimentList,
    FakeHourMarks,
    FakeLake,
    FakeLiveCounts,
    FakePartialObjects,
)
from tests.unit.rollup.interleaving import FATES, Actor, Fate, Gated, settle
from tests.unit.rollup.oracle import rollups_of

pytestmark = pytest.mark.slow

MANY = 100
HOURS = (NOON, NOON.plus(1))
NAMES = ("page_view-s-1", "click-s-1", "any-s-2")

EXPOSED = '{"experiment_id":"exp-a","variant":"control"}'

# What a file may hold: types that come and go, and an event that repeats across files.
CONTENTS: tuple[list[Row], ...] = (
    [make_row(1)],
    [make_row(2, event_type="click", user_id="usr_2")],
    [make_row(3, event_id="ev_1"), make_row(4, event_type="purchase", amount=3.5)],
    [make_row(5, event_type="click"), make_row(6, event_type="refund", is_error=True)],
    [make_row(7, event_type="exposure", properties=EXPOSED), make_row(8, user_id="usr_2")],
)
BODIES = tuple(make_file(rows) for rows in CONTENTS)
ROWS_BY_BODY = dict(zip(BODIES, CONTENTS, strict=True))


def summarized(aggregates: FakeAggregates, hour: Hour, mark: int) -> Mapping[str, MergedRollup]:
    summary = aggregates.kept_summaries[hour]
    assert summary.mark == mark
    return {row.event_type: row for row in summary.rows}


def rows_of(hour: Hour, rows: Mapping[str, HourlyRollup]) -> Mapping[str, MergedRollup]:
    period = Period(hour, hour.plus(1))
    return {name: merge(name, period, [row]) for name, row in rows.items()}


class World:
    """Where nothing is counted, the counters have expired, and a type vanishes with its files."""

    def __init__(self, *, is_counted: bool) -> None:
        self.is_counted = is_counted
        self.marks = FakeHourMarks()
        self.lake = FakeLake()
        self.live = FakeLiveCounts()
        self.aggregates = FakeAggregates()
        self.partials = FakePartialObjects()
        self.unmarked: Counter[Hour] = Counter()
        self.recounted: set[Hour] = set()
        self.lost: list[Callable[[], object]] = []
        self.roll_up_hour = self._verb(lambda port: port)

    def rollup(self, hour: Hour) -> Actor:
        """Roll an hour up, until the first failure, which ends a function."""

        def work(actor: Actor) -> None:
            self._verb(lambda port: Gated(actor, port))({"window_start": hour.window_start})

        return Actor(work, self.lost)

    def lake_write(self, hour: Hour, name: str, body: bytes | None) -> Actor:
        """Count, then write or delete a file, then mark; again and again until it is done."""

        def work(actor: Actor) -> None:
            actor.turn()
            self.unmarked[hour] += 1
            if self.is_counted:
                self._count(hour, body)
            steps: list[Callable[[], None]] = [
                lambda: self._put(make_key(name, hour), body),
                lambda: self.marks.mark(hour),
            ]
            for effect in steps:
                actor.turn()
                while actor.fate != "works":
                    if actor.fate == "fails_after":
                        effect()
                    actor.turn()
                effect()
            self.unmarked[hour] -= 1

        return Actor(work, self.lost)

    def late_commit(self, hour: Hour) -> Actor:
        """Count a record that is in the lake already, which leaves no mark."""

        def work(actor: Actor) -> None:
            actor.turn()
            if self.is_counted:
                self._count(hour, BODIES[0])
                self.recounted.add(hour)

        return Actor(work, self.lost)

    def repair(self) -> None:
        """Run the state machine's work until nothing is due."""
        determine_hours = DetermineHours(self.marks, lambda: NOON.plus(100).start_ms)
        while any(due.has_changed for due in self.marks.due(HOURS[-1])):
            for hour in determine_hours({"window": HOURS[-1].window_start}).hours:
                self.roll_up_hour({"window_start": hour.window_start})

    def check(self) -> None:
        """An hour that is not due, all of whose writes are marked, has the rows it must have.

        When the counters moved on without a mark, the rows must still be those of one rollup.
        Whatever a row names as its partial is there, at every moment.
        """
        for hour in HOURS:
            total = self.aggregates.rows.get(hour, {}).get(ALL_TYPES)
            assert total is None or total.partial in self.partials.bodies
            mark = self.marks.read(hour)
            assert mark.marked >= mark.rolled
            if mark.rolled and not mark.is_due and not self.unmarked[hour]:
                rows = self.aggregates.rows[hour]
                assert summarized(self.aggregates, hour, mark.rolled) == rows_of(hour, rows)
                assert self.partial_named_by(rows) == self.expected_partial(hour)
                if hour in self.recounted:
                    assert_of_one_rollup(rows)
                else:
                    assert without_names(rows) == self.expected(hour)

    def files_of(self, hour: Hour) -> list[bytes]:
        return [self.lake.bodies[key] for key in self.lake.keys(prefix_of(hour))]

    def let(self, actor: Actor, steps: int, fate: Fate) -> None:
        """Let an actor go on, the last of its steps with this fate."""
        for left in reversed(range(steps)):
            if not actor.is_done:
                actor.step("works" if left else fate)
                self.check()

    def write(self, name: str, body: bytes) -> None:
        self.let(self.lake_write(NOON, name, body).start(), MANY, "works")

    def settle_one(self) -> None:
        settle(self.lost)
        self.check()

    def end_well(self, actors: Sequence[Actor]) -> None:
        """Let all that is begun go on in peace, repair, and look whether all is as it must be."""
        for actor in actors:
            self.let(actor, MANY, "works")
        while self.lost:
            self.settle_one()
        self.repair()
        self.check()
        assert all(hour in self.aggregates.rows for hour in HOURS if self.files_of(hour))
        # The counters may have moved on without a mark; then a request brings them in.
        self.recounted.clear()
        for hour in self.aggregates.rows:
            self.roll_up_hour({"window_start": hour.window_start})
            assert len(self.partials.keys(partial_keys.prefix_of(hour))) == 1
        self.check()

    def partial_named_by(self, rows: Mapping[str, HourlyRollup]) -> bytes:
        name = rows[ALL_TYPES].partial
        assert name is not None
        return self.partials.bodies[name]

    def expected_partial(self, hour: Hour) -> bytes:
        return partial_of_files(tuple(self.files_of(hour)), hour)

    def expected(self, hour: Hour) -> Mapping[str, HourlyRollup]:
        rows = [row for body in self.files_of(hour) for row in ROWS_BY_BODY[body]]
        return rollups_of(hour, rows, self.live.records_by_type(hour))

    def _verb(self, through: Callable[[object], Any]) -> RollUpHour:
        return RollUpHour(
            marks=through(self.marks),
            files=through(self.lake),
            objects=through(self.lake),
            live=through(self.live),
            aggregates=through(self.aggregates),
            partials=Partials(through(FakeExperimentList()), through(self.partials)),
            clock=lambda: NOON.plus(100).start_ms,
            sleep=lambda _seconds: None,
            # Two, so that replacing an hour takes several transactions.
            max_changes=2,
        )

    def _count(self, hour: Hour, body: bytes | None) -> None:
        counts = self.live.counts.setdefault(hour, {})
        for row in ROWS_BY_BODY[body] if body else ():
            counts[row["event_type"]] = counts.get(row["event_type"], 0) + 1

    def _put(self, key: str, body: bytes | None) -> None:
        if body is None:
            self.lake.bodies.pop(key, None)
        else:
            self.lake.bodies[key] = body


@cache
def partial_of_files(bodies: tuple[bytes, ...], hour: Hour) -> bytes:
    files = [hour_rows.read_file(body, with_moments=True) for body in bodies]
    rows = hour_rows.join(files, with_moments=True)
    assert rows.moments is not None
    return partial_of(rows, rows.moments, hour).body


def without_names(rows: Mapping[str, HourlyRollup]) -> Mapping[str, HourlyRollup]:
    return {event_type: replace(row, partial=None) for event_type, row in rows.items()}


def assert_of_one_rollup(rows: Mapping[str, HourlyRollup]) -> None:
    expected = {name: row.reconciliation.expected or 0 for name, row in rows.items()}
    assert expected.pop(ALL_TYPES) == sum(expected.values())


type Make = Callable[[World], Actor]

# Mostly one hour, so that its rollups and writes meet.
some_hours = st.sampled_from([NOON, NOON, NOON, NOON.plus(1)])
contents = st.sampled_from(BODIES)
rollups: st.SearchStrategy[Make] = some_hours.map(lambda hour: lambda world: world.rollup(hour))
lake_writes: st.SearchStrategy[Make] = st.tuples(
    some_hours, st.sampled_from(NAMES), st.none() | contents
).map(lambda write: lambda world: world.lake_write(*write))
late_commits: st.SearchStrategy[Make] = some_hours.map(
    lambda hour: lambda world: world.late_commit(hour)
)
# A turn lets one of the actors go on a little, or a lost call take effect. Failures are few, so
# that rollups live to meet others.
fates: st.SearchStrategy[Fate] = st.sampled_from(["works"] * 12 + list(FATES))
turns = st.tuples(st.integers(0, 6), st.integers(1, 12), fates)


@settings(max_examples=100, deadline=None)
@given(
    st.booleans(),
    st.dictionaries(st.sampled_from(NAMES), contents),
    st.tuples(rollups, lake_writes, rollups, lake_writes, rollups, late_commits),
    st.lists(turns, min_size=20, max_size=40),
)
def test_rows_end_as_the_files_say(
    is_counted: bool,
    start: dict[str, bytes],
    makes: tuple[Make, ...],
    schedule: list[tuple[int, int, Fate]],
) -> None:
    world = World(is_counted=is_counted)
    for name, body in start.items():
        world.write(name, body)
    world.repair()
    actors = [make(world).start() for make in makes]
    for chosen, steps, fate in schedule:
        standing = [actor for actor in actors if not actor.is_done]
        if chosen < len(standing):
            world.let(standing[chosen], steps, fate)
        else:
            world.settle_one()

    world.end_well(actors)


# To fail before a call is to fail after the one before it.
@pytest.mark.parametrize("fate", ["works", "fails_after", "is_lost"])
def test_two_rollups_may_meet_at_any_two_calls(fate: Fate) -> None:
    for older_calls, newer_calls in product(range(1, 15), range(1, 18)):
        world = World(is_counted=False)
        world.write(NAMES[0], BODIES[0])
        world.write(NAMES[1], BODIES[1])
        world.repair()
        older = world.rollup(NOON).start()
        world.let(older, older_calls, fate)
        # One type vanishes, another is new.
        world.write(NAMES[0], BODIES[3])
        newer = world.rollup(NOON).start()
        world.let(newer, newer_calls, fate)
        world.settle_one()

        world.end_well([older, newer])
