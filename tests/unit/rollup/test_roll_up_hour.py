from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import pytest

from chalicelib.errors import BadRequest, StoreUnavailable
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.model.rollup import ALL_TYPES, OTHER_TYPES, HourlyRollup, HourMark
from chalicelib.model.stored import StoredObject
from chalicelib.rollup.partials import Partials
from chalicelib.rollup.roll_up_hour import RollUpHour
from tests.builders import NOON
from tests.unit.rollup.builders import make_file, make_key, make_row
from tests.unit.rollup.fakes import (
    FakeAggregates,
    FakeExperimentList,
    FakeHourMarks,
    FakeLake,
    FakeLiveCounts,
    FakePartialObjects,
)
from tests.unit.rollup.oracle import rollups_of

PAYLOAD = {"window_start": NOON.window_start}


class World:
    """An hour's files, marks, counters and rows, and the verb that works on them."""

    def __init__(self) -> None:
        self.marks = FakeHourMarks()
        self.lake = FakeLake()
        self.live = FakeLiveCounts()
        self.aggregates = FakeAggregates()
        self.now_ms = NOON.plus(24).start_ms
        # What goes on while a rollup waits to look again.
        self.meanwhile: Callable[[], None] = lambda: None
        self.slept_s: list[float] = []
        self.roll_up_hour = RollUpHour(
            marks=self.marks,
            files=self.lake,
            objects=self.lake,
            live=self.live,
            aggregates=self.aggregates,
            clock=lambda: self.now_ms,
            sleep=self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.meanwhile()

    def write(self, key: str, body: bytes, hour: Hour = NOON) -> None:
        self.lake.bodies[key] = body
        self.marks.mark(hour)


@pytest.fixture
def world() -> World:
    return World()


def test_an_hour_gets_a_row_for_each_type_and_one_over_all(world: World) -> None:
    views = [make_row(1), make_row(2)]
    click = make_row(3, event_type="click")
    world.write(make_key("page_view-s-1"), make_file(views))
    world.write(make_key("click-s-3"), make_file([click]))
    world.live.counts[NOON] = {"page_view": 2, "click": 1}

    world.roll_up_hour(PAYLOAD)

    assert world.aggregates.rows[NOON] == rollups_of(
        NOON, [*views, click], {"page_view": 2, "click": 1}
    )


def test_an_hour_rolled_up_is_no_longer_due(world: World) -> None:
    world.write(make_key(), make_file([make_row()]))

    world.roll_up_hour(PAYLOAD)

    assert not world.marks.read(NOON).is_due


def test_rolling_up_twice_changes_nothing(world: World) -> None:
    world.write(make_key(), make_file([make_row(1), make_row(2, event_id="ev_1")]))
    first = world.roll_up_hour(PAYLOAD)
    before = dict(world.aggregates.rows[NOON])

    second = world.roll_up_hour(PAYLOAD)

    assert world.aggregates.rows[NOON] == before
    assert second == first


def test_a_late_event_changes_its_own_hour_and_no_other(world: World) -> None:
    later = NOON.plus(1)
    world.write(make_key(), make_file([make_row(1)]))
    world.write(make_key(hour=later), make_file([make_row(2)]), later)
    for hour in (NOON, later):
        world.roll_up_hour({"window_start": hour.window_start})
    untouched = dict(world.aggregates.rows[later])

    world.write(make_key("page_view-s-9"), make_file([make_row(9)]))
    due = [one.hour for one in world.marks.due(later) if one.has_changed]
    for hour in due:
        world.roll_up_hour({"window_start": hour.window_start})

    assert due == [NOON]
    assert world.aggregates.rows[NOON]["page_view"].count == 2
    assert world.aggregates.rows[later] == untouched


def test_an_hour_whose_type_vanished_loses_that_row(world: World) -> None:
    world.write(make_key("click-s-1"), make_file([make_row(1, event_type="click")]))
    world.write(make_key("page_view-s-2"), make_file([make_row(2)]))
    world.roll_up_hour(PAYLOAD)
    del world.lake.bodies[make_key("click-s-1")]

    world.roll_up_hour(PAYLOAD)

    assert world.aggregates.rows[NOON].keys() == {ALL_TYPES, "page_view"}


def test_an_hour_of_few_types_is_replaced_at_once(world: World) -> None:
    class Counting(FakeAggregates):
        calls = 0

        def replace(
            self,
            hour: Hour,
            mark: int,
            known: frozenset[str],
            rows: Sequence[HourlyRollup],
            gone: Collection[str],
        ) -> frozenset[str]:
            self.calls += 1
            return super().replace(hour, mark, known, rows, gone)

    aggregates = Counting()
    aggregates.claim(NOON, 0, {f"gone_{n}": Figures(0) for n in range(97)})
    world.write(make_key(), make_file([make_row()]))
    roll_up_hour = replace(world.roll_up_hour, aggregates=aggregates)

    roll_up_hour(PAYLOAD)

    assert aggregates.calls == 1


def test_more_types_than_a_transaction_holds_are_replaced_all_the_same(world: World) -> None:
    many = [make_row(n, event_type=f"type_{n}") for n in range(250)]
    world.write(make_key(), make_file(many))
    world.roll_up_hour(PAYLOAD)
    assert len(world.aggregates.rows[NOON]) == 251

    world.write(make_key(), make_file([make_row()]))
    world.roll_up_hour(PAYLOAD)

    assert world.aggregates.rows[NOON].keys() == {ALL_TYPES, "page_view"}


def long_name(number: int) -> str:
    """Return a name as long as any, and as hard to compress."""
    return f"t{hashlib.shake_128(b'%d' % number).hexdigest(31)}x"


def test_an_hour_of_ten_thousand_types_has_rows_for_the_largest_and_one_for_the_rest(
    world: World,
) -> None:
    many = [make_row(n, event_type=long_name(n)) for n in range(10_000)]
    world.write(make_key("any-s-1"), make_file(many))
    world.write(make_key("any-s-2"), make_file([make_row(n) for n in range(10_000, 10_003)]))
    world.live.counts[NOON] = {long_name(n): 1 for n in range(10_000)} | {"page_view": 3}

    result = world.roll_up_hour(PAYLOAD)

    rows = world.aggregates.rows[NOON]
    assert (len(rows), result.types) == (502, 10_001)
    assert rows["page_view"].count == 3
    assert rows[OTHER_TYPES].count == 10_001 - 500
    assert rows[ALL_TYPES].count == result.events == 10_003
    assert (result.missing, rows[OTHER_TYPES].reconciliation.missing) == (0, 0)
    assert not world.marks.read(NOON).is_due


def test_an_hour_whose_types_change_with_every_rollup_can_always_be_rolled_up(
    world: World,
) -> None:
    for turn in range(0, 20_000, 2_000):
        rows = [make_row(n, event_type=long_name(n)) for n in range(turn, turn + 2_000)]
        world.write(make_key(), make_file(rows))
        world.roll_up_hour(PAYLOAD)

    assert len(world.aggregates.rows[NOON]) == len(world.aggregates.claims[NOON][1]) == 502


def test_a_claim_of_the_most_types_that_may_be_set_fits_an_item(world: World) -> None:
    most = 1_000
    rows = [make_row(n, event_type=long_name(n)) for n in range(most + 1)]
    world.write(make_key(), make_file(rows))
    replace(world.roll_up_hour, max_types=most)(PAYLOAD)

    rows = [make_row(n, event_type=long_name(-n)) for n in range(1, most + 2)]
    world.write(make_key(), make_file(rows))
    replace(world.roll_up_hour, max_types=most)(PAYLOAD)

    assert len(world.aggregates.rows[NOON]) == most + 2


def test_a_claim_larger_than_an_item_may_be_is_refused_as_by_dynamodb(world: World) -> None:
    figures = {long_name(n): Figures(n) for n in range(6_000)}

    with pytest.raises(StoreUnavailable, match="exceeded the maximum allowed size"):
        world.aggregates.claim(NOON, 1, figures)


def test_an_empty_hour_is_told_from_a_missing_one_by_its_row(world: World) -> None:
    result = world.roll_up_hour(PAYLOAD)

    assert world.aggregates.rows[NOON].keys() == {ALL_TYPES}
    assert result.to_json() == {
        "window_start": "2026-11-20T12:00:00Z",
        "status": "rolled",
        "records": 0,
        "events": 0,
        "missing": 0,
    }


def test_a_rollup_overtaken_by_a_newer_one_leaves_the_hour_to_it(world: World) -> None:
    world.write(make_key(), make_file([make_row()]))

    class Overtaken(FakeLake):
        def keys(self, prefix: str) -> list[str]:
            before = world.lake.keys(prefix)
            world.write(make_key("page_view-s-2"), make_file([make_row(2)]))
            world.roll_up_hour(PAYLOAD)
            return list(before)

    lake = Overtaken(world.lake.bodies)
    older = replace(world.roll_up_hour, files=lake, objects=lake)

    result = older(PAYLOAD)

    assert result.status == "superseded"
    assert world.aggregates.rows[NOON]["page_view"].count == 2
    assert not world.marks.read(NOON).is_due


def test_a_file_deleted_since_it_was_listed_has_the_hour_listed_again(world: World) -> None:
    class Fleeting(FakeLake):
        def get(self, key: str) -> StoredObject:
            if key.endswith("-2.parquet"):
                self.bodies.pop(key, None)
            return super().get(key)

    lake = Fleeting(
        {
            make_key("page_view-s-1"): make_file([make_row(1)]),
            make_key("page_view-s-2"): make_file([make_row(2)]),
        }
    )
    roll_up_hour = replace(world.roll_up_hour, files=lake, objects=lake)

    assert roll_up_hour(PAYLOAD).records == 1


def test_what_is_no_lake_file_is_not_read(world: World) -> None:
    world.write(f"{make_key().rpartition('/')[0]}/_SUCCESS", b"")

    assert world.roll_up_hour(PAYLOAD).records == 0


def test_a_failed_rollup_leaves_the_hour_due(world: World) -> None:
    class Down(FakeAggregates):
        def claim(self, *_: object) -> frozenset[str]:
            raise StoreUnavailable("down")

    roll_up_hour = replace(world.roll_up_hour, aggregates=Down())

    with pytest.raises(StoreUnavailable):
        roll_up_hour(PAYLOAD)

    assert world.marks.read(NOON) == HourMark(NOON, 1, 0)


def test_a_surplus_of_one_type_does_not_hide_what_another_lacks(world: World) -> None:
    world.write(make_key(), make_file([make_row(1), make_row(2)]))
    world.live.counts[NOON] = {"page_view": 1, "click": 1}

    assert world.roll_up_hour(PAYLOAD).missing == 1


def lose_a_record(world: World) -> None:
    world.write(make_key(), make_file([make_row(1)]))
    world.live.counts[NOON] = {"page_view": 2}


def test_what_two_looks_miss_and_nothing_changed_is_reported(world: World) -> None:
    lose_a_record(world)

    result = world.roll_up_hour(PAYLOAD)

    assert result.measures[Measure.MISSING_RECORDS] == 1
    assert world.slept_s == [30]


def test_counters_that_run_ahead_while_files_are_read_are_not_reported(world: World) -> None:
    class Ahead(FakeLake):
        def get(self, key: str) -> StoredObject:
            world.live.counts[NOON] = {"page_view": 2}
            return super().get(key)

    lose_a_record(world)
    world.live.counts[NOON] = {"page_view": 1}
    lake = Ahead(world.lake.bodies)
    world.meanwhile = lambda: world.write(make_key("page_view-s-2"), make_file([make_row(2)]))
    roll_up_hour = replace(world.roll_up_hour, files=lake, objects=lake)

    result = roll_up_hour(PAYLOAD)

    assert (result.missing, result.measures[Measure.MISSING_RECORDS]) == (1, 0)
    assert world.marks.read(NOON).is_due
    assert world.roll_up_hour(PAYLOAD).missing == 0


def test_a_mark_that_moved_during_the_run_leaves_the_report_to_the_next(world: World) -> None:
    lose_a_record(world)
    world.meanwhile = lambda: world.marks.mark(NOON)

    assert world.roll_up_hour(PAYLOAD).measures[Measure.MISSING_RECORDS] == 0

    world.meanwhile = lambda: None
    assert world.roll_up_hour(PAYLOAD).measures[Measure.MISSING_RECORDS] == 1


def test_a_file_without_its_mark_yet_is_seen_by_the_second_look(world: World) -> None:
    def arrive() -> None:
        world.lake.bodies[make_key("page_view-s-2")] = make_file([make_row(2)])

    lose_a_record(world)
    world.meanwhile = arrive

    assert world.roll_up_hour(PAYLOAD).measures[Measure.MISSING_RECORDS] == 0


def test_counters_that_expire_between_two_looks_report_nothing(world: World) -> None:
    lose_a_record(world)
    world.meanwhile = world.live.counts.clear

    assert world.roll_up_hour(PAYLOAD).measures[Measure.MISSING_RECORDS] == 0


def test_an_hour_that_lacks_nothing_is_not_looked_at_again(world: World) -> None:
    world.write(make_key(), make_file([make_row()]))

    world.roll_up_hour(PAYLOAD)

    assert world.slept_s == []


def test_an_hour_that_is_not_over_reports_nothing_as_missing(world: World) -> None:
    lose_a_record(world)
    world.now_ms = NOON.start_ms

    result = world.roll_up_hour(PAYLOAD)

    assert (result.missing, result.measures[Measure.MISSING_RECORDS]) == (1, 0)
    assert world.slept_s == []


def test_a_payload_that_is_not_one_hour_touches_nothing(world: World) -> None:
    with pytest.raises(BadRequest):
        world.roll_up_hour({"window_start": "2026-11-20"})

    assert world.marks.marks == {}


def test_a_month_of_results_fits_what_a_state_machine_carries(world: World) -> None:
    world.live.counts[NOON] = {"page_view": 10**12}

    result = world.roll_up_hour(PAYLOAD)

    assert 744 * len(json.dumps(result.to_json())) < 200 * 1024


def test_a_result_logs_one_line_of_json(world: World) -> None:
    world.write(make_key(), make_file([make_row()]))

    assert world.roll_up_hour(PAYLOAD).line == {
        "event": "hour rolled up",
        "window_start": "2026-11-20T12:00:00Z",
        "status": "rolled",
        "records": 1,
        "events": 1,
        "missing": 0,
        "types": 1,
        "confirmed": False,
    }


def test_an_hour_that_is_not_over_gets_its_rows_and_stays_due(world: World) -> None:
    world.write(make_key("page_view-s-1"), make_file([make_row(1)]))
    world.now_ms = NOON.plus(1).start_ms - 1

    assert world.roll_up_hour(PAYLOAD).records == 1
    assert world.marks.read(NOON).is_due

    world.now_ms += 1
    world.roll_up_hour(PAYLOAD)
    assert not world.marks.read(NOON).is_due


class WorldWithPartials(World):
    """Where experiments can be defined."""

    def __init__(self, *, has_experiments: bool = True) -> None:
        super().__init__()
        self.experiments = FakeExperimentList(has_experiments)
        self.objects = FakePartialObjects()
        partials = Partials(self.experiments, self.objects)
        self.roll_up_hour = replace(self.roll_up_hour, partials=partials)

    @property
    def named(self) -> str | None:
        return self.aggregates.rows[NOON][ALL_TYPES].partial


def test_the_row_over_all_types_names_the_partial_of_its_rollup() -> None:
    world = WorldWithPartials()
    world.write(make_key(), make_file([make_row(1), make_row(2, event_type="click")]))
    world.roll_up_hour(PAYLOAD)

    rows = world.aggregates.rows[NOON]
    assert [*world.objects.bodies] == [rows[ALL_TYPES].partial]
    assert rows["page_view"].partial is None


def test_the_partial_of_an_older_rollup_is_removed() -> None:
    world = WorldWithPartials()
    for number in range(2):
        world.write(make_key(f"click-s-{number}"), make_file([make_row(number)]))
        world.roll_up_hour(PAYLOAD)

    assert [*world.objects.bodies] == [world.named]


def test_a_partial_that_cannot_be_removed_fails_nothing() -> None:
    world = WorldWithPartials()

    class Stuck(FakePartialObjects):
        def delete(self, key: str) -> None:
            raise StoreUnavailable(key)

    partials = Partials(world.experiments, Stuck())
    world.roll_up_hour = replace(world.roll_up_hour, partials=partials)
    for _ in range(2):
        world.roll_up_hour(PAYLOAD)

    mark = world.marks.read(NOON)
    assert mark.rolled == mark.marked


def test_without_experiments_no_partial_is_written() -> None:
    world = WorldWithPartials(has_experiments=False)
    world.write(make_key(), make_file([make_row()]))
    world.roll_up_hour(PAYLOAD)

    assert (world.named, world.objects.bodies) == (None, {})


def test_rolling_up_again_makes_up_for_a_partial_of_before_the_first_experiment() -> None:
    world = WorldWithPartials(has_experiments=False)
    world.write(make_key(), make_file([make_row()]))
    world.roll_up_hour(PAYLOAD)
    world.experiments.has_any = True
    world.roll_up_hour(PAYLOAD)

    assert world.named in world.objects.bodies


def test_values_that_no_experiment_can_count_are_logged() -> None:
    world = WorldWithPartials()
    world.write(make_key(), make_file([make_row(1, value=1e10), make_row(2, value=5.0)]))

    assert world.roll_up_hour(PAYLOAD).line["unusable_values"] == 1
