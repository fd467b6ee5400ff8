"""A batch is applied in parts, and what can't be is reported or isolated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.attribution import AttributeBatch
from chalicelib.errors import BatchIncomplete
from chalicelib.model.attribution import ShardPart
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.measure import Measure
from tests.builders import NOON_MS, make_event, make_record
from tests.fakes import FATES, Faults, Killed, script_of
from tests.unit.attribution.fakes import FakeAttributionStore

RESERVE_MS = 5_000


@dataclass
class World:
    store: FakeAttributionStore = field(default_factory=FakeAttributionStore)
    slept: list[float] = field(default_factory=list)
    left_ms: Callable[[], float] = lambda: 100_000

    def attribute(
        self, records: Sequence[dict[str, Any]], *, max_records: int = 10_000
    ) -> BatchReport:
        verb = AttributeBatch(
            store=self.store,
            clock=lambda: NOON_MS + 5_000,
            sleep=self.slept.append,
            jitter=lambda: 0.5,
            reserve_ms=RESERVE_MS,
            max_records=max_records,
        )
        return verb(records, self.left_ms)


@pytest.fixture
def world() -> World:
    return World()


def clicks(n_records: int, shard: str = "shardId-000000000000") -> list[dict[str, Any]]:
    return [
        make_record(n, make_event(event_type="click", event_id=f"k{n}"), shard=shard)
        for n in range(1, n_records + 1)
    ]


def ids(n_records: int) -> list[str]:
    return [f"k{n}" for n in range(1, n_records + 1)]


def test_a_batch_is_applied_in_parts_of_a_bounded_size(world: World) -> None:
    report = world.attribute(clicks(5), max_records=2)

    assert world.store.sizes == [2, 2, 1]
    assert world.store.click_ids == ids(5)
    assert report.figures["transactions"] == 3


def test_what_is_applied_already_is_skipped(world: World) -> None:
    world.attribute(clicks(3))
    report = world.attribute(clicks(4))

    assert world.store.click_ids == ids(4)
    assert report.figures["skipped"] == 3


def test_what_is_skipped_is_counted_once_however_often_the_batch_is_tried(world: World) -> None:
    world.attribute(clicks(3))
    world.store.faults = Faults(script_of(["works", "fails_before", "works", "fails_after"]))
    report = world.attribute(clicks(5), max_records=1)

    assert report.figures["skipped"] == 3
    assert world.store.click_ids == ids(5)


def test_each_shard_has_its_own_checkpoint(world: World) -> None:
    world.attribute([*clicks(2), *clicks(3, "shardId-000000000001")])

    assert world.store.sizes == [2, 3]


def test_the_lag_is_measured_from_the_arrival_of_the_last_record(world: World) -> None:
    report = world.attribute(clicks(1))

    assert report.measures[Measure.ATTRIBUTION_LAG] == 2_000


@pytest.mark.parametrize("fates", [[fate] * n for fate in FATES for n in (1, 2, 3)], ids=str)
def test_after_any_failure_each_record_is_applied_once(world: World, fates: list[Any]) -> None:
    world.store.faults = Faults(script_of(fates))
    for _ in range(4):
        try:
            report = world.attribute(clicks(4), max_records=2)
        except Killed:
            continue

    assert report.failed_ids == []
    assert world.store.click_ids == ids(4)


def test_a_batch_that_succeeds_in_the_end_says_what_it_recovered_from(world: World) -> None:
    world.store.faults = Faults(script_of(["works", "fails_before"]))
    report = world.attribute(clicks(1))

    assert report.line["recovered_from"] == ["StoreUnavailable('fails_before')"]
    assert report.figures["retries"] == 1
    assert "failed_ids" not in report.line


def test_attempts_wait_longer_and_longer_and_end(world: World) -> None:
    world.store.faults = Faults(lambda: "fails_before")
    report = world.attribute(clicks(2))

    assert world.slept == sorted(world.slept)
    assert len(world.slept) == 5
    assert report.failed_ids == ["1"]


def test_an_attempt_after_a_failure_is_made_in_smaller_parts(world: World) -> None:
    world.store.faults = Faults(script_of(["works", "fails_before"]))
    world.attribute(clicks(8), max_records=8)

    assert world.store.sizes == [4, 4]


def test_no_transaction_is_begun_within_the_reserve(world: World) -> None:
    world.left_ms = lambda: RESERVE_MS
    report = world.attribute(clicks(2))

    assert report.failed_ids == ["1"]
    assert "_OutOfTime" in report.reasons[0]


def test_what_was_committed_before_a_failure_is_not_reported(world: World) -> None:
    working = iter((True, True))
    world.store.faults = Faults(lambda: "works" if next(working, False) else "fails_before")
    report = world.attribute(clicks(4), max_records=2)

    assert report.failed_ids == ["3"]


def test_an_overtaken_attempt_goes_on_from_the_new_checkpoint(world: World) -> None:
    def overtake(part: ShardPart) -> None:
        world.store.overtake = lambda _part: None
        world.store.apply(replace(part, clicks=part.clicks[:1], last_sequence="1".zfill(56)), 1)

    world.store.overtake = overtake
    report = world.attribute(clicks(3))

    assert report.failed_ids == []
    assert world.store.click_ids == ids(3)


@pytest.mark.parametrize("refused", [["k1"], ["k5"], ["k2", "k3"], ids(5)], ids=str)
def test_refused_rows_are_quarantined_one_by_one(world: World, refused: list[str]) -> None:
    world.store.refused_ids = refused
    report = world.attribute(clicks(5))

    assert report.failed_ids == []
    assert world.store.click_ids == [name for name in ids(5) if name not in refused]
    quarantined = [row for part in world.store.parts for row in part.unstorable]
    assert [f"k{int(row.sequence)}" for row in quarantined] == refused
    assert report.figures["unstorable"] == len(refused)


def test_without_partial_responses_a_failure_is_raised(world: World) -> None:
    world.store.faults = Faults(lambda: "fails_before")
    report = world.attribute(clicks(1))

    with pytest.raises(BatchIncomplete):
        report.to_lambda(partial=False)
