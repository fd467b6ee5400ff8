"""Each rule of sealing by itself; `test_schedules` has them all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.errors import BadRequest, StoreUnavailable
from chalicelib.lake import keys
from chalicelib.lake.keys import LakeKey
from chalicelib.model.stored import NewObject, StoredObject
from chalicelib.upkeep.seal_hour import SealHour
from tests.builders import NOON
from tests.fakes import FakeObjects, Faults, Killed, script_of
from tests.unit.upkeep.mutants import MarksLast, ReadsSealedLast
from tests.unit.upkeep.world import PAYLOAD, RAW_KEYS, Row, World

FIRST, SECOND, THIRD = RAW_KEYS
SEALED = keys.sealed_of(NOON)


def written(*raw_keys: object, **parts: object) -> World:
    """An hour of two events in each of these raw objects, rolled up."""
    world = World(**parts)  # type: ignore[arg-type]  # whatever it takes
    for key in raw_keys or RAW_KEYS:
        write(world, key)
    world.roll_up()
    return world


def write(world: World, key: object, *lines: str) -> None:
    world.archive(key, lines or (f"{key}-0", f"{key}-1"))  # type: ignore[arg-type]  # a raw key
    world.transform()


def seal_hour(world: World) -> SealHour:
    return SealHour(
        marks=world.marks,
        files=world.lake,
        clock=lambda: NOON.plus(24).start_ms,
        new_stamp=lambda: str(next(world.stamps)),
    )


def test_an_hour_is_one_file_of_the_same_rows() -> None:
    world = written()
    before = sorted(world.rows())

    sealing = seal_hour(world)(PAYLOAD)

    assert list(world.lake.bodies) == [SEALED]
    assert sorted(world.rows()) == before
    assert (sealing.status, sealing.files, sealing.records) == ("sealed", 3, 6)
    assert sealing.bytes == len(world.lake.bodies[SEALED])
    assert not world.is_due


def test_late_events_are_folded_in() -> None:
    world = written(FIRST)
    seal_hour(world)(PAYLOAD)
    write(world, SECOND)
    write(world, THIRD)
    assert world.is_due

    world.settle()

    assert list(world.complaints_at_rest()) == []
    assert world.events().total() == 6


def test_an_hour_without_small_files_is_left_as_it_is() -> None:
    world = written()
    seal_hour(world)(PAYLOAD)
    before = dict(world.lake.bodies)
    world.roll_up()
    assert world.is_due

    assert seal_hour(world)(PAYLOAD).status == "whole"
    assert world.lake.bodies == before
    assert not world.is_due


def test_an_hour_of_large_files_is_left_as_it_is_and_is_not_due() -> None:
    world = written()

    sealing = replace(seal_hour(world), max_bytes=100)(PAYLOAD)

    assert sealing.status == "large"
    assert len(world.small_files) == 3
    assert not world.is_due


def test_an_hour_that_is_not_over_is_not_touched() -> None:
    world = written()
    seal = replace(seal_hour(world), clock=lambda: NOON.plus(1).start_ms - 1)

    assert seal(PAYLOAD).status == "not over"
    assert len(world.small_files) == 3
    assert world.is_due


def test_a_payload_that_is_not_one_hour_is_refused() -> None:
    with pytest.raises(BadRequest):
        seal_hour(World())({"window_start": "2026-11-20"})


def test_a_rebuild_leaves_no_row_of_the_old_transform() -> None:
    world = written()
    seal_hour(world)(PAYLOAD)
    for key in RAW_KEYS:
        world.rebuild(key)

    world.settle()

    assert {row.code for row in world.rows()} == {"1"}
    assert list(world.complaints_at_rest()) == []


def test_a_raw_object_that_was_emptied_takes_its_rows_out_of_the_sealed_file() -> None:
    world = written()
    seal_hour(world)(PAYLOAD)
    world.archive(FIRST, ())

    world.settle()

    assert {row.event_id for row in world.rows()} == world.most()
    assert list(world.complaints_at_rest()) == []


def test_an_hour_all_of_whose_raw_objects_were_emptied_is_sealed_as_a_file_without_rows() -> None:
    world = written(FIRST)
    seal_hour(world)(PAYLOAD)
    world.archive(FIRST, ())

    world.settle()

    assert list(world.lake.bodies) == [SEALED]
    assert list(world.rows()) == []


@dataclass
class Meddled(FakeObjects):
    """Something happens right before a call."""

    before: dict[str, Callable[[], None]] = field(default_factory=dict)

    def get(self, key: str) -> StoredObject:
        self._meddle("get")
        return super().get(key)

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        self._meddle("put_if")
        return super().put_if(new, etag)

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        self._meddle("delete_all_if")
        return super().delete_all_if(etags)

    def _meddle(self, call: str) -> None:
        self.before.pop(call, lambda: None)()


def test_a_file_rewritten_between_its_reading_and_its_deletion_survives() -> None:
    lake = Meddled()
    world = written(lake=lake)
    seal = seal_hour(world)
    world.rebuild(FIRST)
    lake.before["delete_all_if"] = world.transform

    assert seal(PAYLOAD).kept == 1
    assert world.small_files == [str(LakeKey.of(FIRST))]
    assert world.is_due
    world.settle()
    assert list(world.complaints_at_rest()) == []


def sealed_by_another(world: World) -> None:
    seal_hour(world)(PAYLOAD)


def test_another_sealer_that_is_faster_has_the_hour_looked_at_again() -> None:
    lake = Meddled()
    world = written(lake=lake)
    lake.before["put_if"] = lambda: sealed_by_another(world)

    assert seal_hour(world)(PAYLOAD).status == "whole"
    world.settle()
    assert list(world.complaints_at_rest()) == []


def test_a_file_that_is_gone_when_it_is_read_has_the_hour_looked_at_again() -> None:
    lake = Meddled()
    world = written(lake=lake)

    def at_the_next_one() -> None:
        lake.before["get"] = lambda: sealed_by_another(world)

    lake.before["get"] = at_the_next_one

    assert seal_hour(world)(PAYLOAD).status == "whole"
    assert list(world.complaints_at_rest()) == []


# To begin with an hour of one file, which then is rewritten, sealed by another and marked.
@pytest.mark.parametrize(("sealer", "is_right"), [(SealHour, True), (ReadsSealedLast, False)])
def test_the_sealed_file_is_read_before_the_small_ones(
    sealer: type[SealHour], is_right: bool
) -> None:
    lake = Meddled()
    world = written(FIRST, lake=lake, sealer=sealer)

    def meanwhile() -> None:
        world.rebuild(FIRST)
        world.transform()
        sealed_by_another(world)

    def at_the_next_one() -> None:
        lake.before["get"] = meanwhile

    lake.before["get"] = at_the_next_one
    world.seal()
    world.settle()

    assert (list(world.complaints_at_rest()) == []) is is_right


@pytest.mark.parametrize(("sealer", "is_right"), [(SealHour, True), (MarksLast, False)])
def test_the_mark_is_read_before_the_files(sealer: type[SealHour], is_right: bool) -> None:
    lake = Meddled()
    world = written(FIRST, lake=lake, sealer=sealer)

    def meanwhile() -> None:
        write(world, SECOND)
        world.roll_up()

    lake.before["delete_all_if"] = meanwhile
    world.seal()

    assert world.small_files == [str(LakeKey.of(SECOND))]
    assert world.is_due is is_right


@dataclass
class SentTwice(FakeObjects):
    """A client whose first put took effect, without an answer: it is refused by itself."""

    repeats: int = 1

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        is_written = super().put_if(new, etag)
        if self.repeats:
            self.repeats -= 1
            return super().put_if(new, etag)
        return is_written


def test_a_put_refused_by_itself_ends_in_a_seal() -> None:
    world = written(lake=SentTwice())

    assert seal_hour(world)(PAYLOAD).status == "sealed"
    assert list(world.complaints_at_rest()) == []


def test_a_put_that_is_always_refused_is_given_up_after_four_attempts() -> None:
    lake = SentTwice(repeats=100)
    world = written(lake=lake)

    with pytest.raises(StoreUnavailable, match="4 attempts"):
        seal_hour(world)(PAYLOAD)

    assert lake.repeats == 96
    assert world.is_due
    assert set(world.events()) == world.most()


@pytest.mark.parametrize("fate", ["fails_before", "fails_after"])
def test_a_put_of_unknown_outcome_ends_in_a_seal(fate: str) -> None:
    # Two sealed files are looked for, with a listing and three files read in between.
    works = ["works"] * 5
    world = written()
    world.lake.faults = Faults(script_of([*works, fate]))  # type: ignore[list-item]  # a fate

    assert seal_hour(world)(PAYLOAD).status == "sealed"
    assert list(world.complaints_at_rest()) == []


# A look for the sealed file, a listing, three files, a put, three deletions.
@pytest.mark.parametrize("fate", ["dies_before", "dies_after", "fails_before", "fails_after"])
@pytest.mark.parametrize("n_works", range(9))
def test_a_sealer_that_ends_anywhere_leaves_every_row_and_the_hour_due(
    n_works: int, fate: str
) -> None:
    world = written()
    before = set(world.rows())
    world.lake.faults = Faults(script_of([*["works"] * n_works, fate]))  # type: ignore[list-item]  # a fate

    try:
        seal_hour(world)(PAYLOAD)
    except (Killed, StoreUnavailable):
        assert world.is_due

    assert set(world.rows()) == before
    world.settle()
    assert list(world.complaints_at_rest()) == []


def test_a_crash_between_put_and_deletions_counts_each_row_once_when_it_is_rolled_up() -> None:
    world = written()
    world.lake.faults = Faults(script_of([*["works"] * 5, "dies_after"]))  # type: ignore[list-item]  # fates
    with pytest.raises(Killed):
        seal_hour(world)(PAYLOAD)
    assert world.events() == dict.fromkeys(world.most(), 2)
    figures = dict(world.rollups())

    world.roll_up()

    assert world.rollups() == figures


def test_the_figures_of_a_sealed_hour_are_those_of_its_small_files() -> None:
    world = written()
    figures = dict(world.rollups())
    seal_hour(world)(PAYLOAD)

    world.roll_up()

    assert world.rollups() == figures


@pytest.mark.parametrize("n_works", range(6))
def test_a_rollup_next_to_a_sealer_has_the_figures_of_no_sealing(n_works: int) -> None:
    """The hour is sealed right before one of the rollup's calls."""
    lake = Meddled()
    world = written(lake=lake)
    figures = dict(world.rollups())
    calls = iter(range(n_works))

    def later() -> None:
        if next(calls, None) is None:
            seal_hour(world)(PAYLOAD)
        else:
            lake.before["get"] = later

    lake.before["get"] = later
    world.roll_up()

    assert world.rollups() == figures
    assert Row(f"{FIRST}-0", "0") in set(world.rows())
