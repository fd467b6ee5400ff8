from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.query import found
from chalicelib.query.check_freshness import CheckFreshness
from chalicelib.query.list_runs import row_of
from chalicelib.query.remembered_shards import RememberedShards
from chalicelib.query.routes import FRESHNESS
from tests.builders import NOON, NOON_MS, make_rollup
from tests.unit.query.builders import NOW_MS, make_asked
from tests.unit.query.fakes import (
    FakeAnomalyReader,
    FakeLedgerReader,
    FakeQueues,
    FakeRollups,
    FakeRunReader,
    FakeShardLister,
)
from tests.unit.query.test_list_batches import SHARD, make_row
from tests.unit.query.test_list_runs import make_run

LAST_HOUR = NOON.plus(-1)
STREAM = "eventstream-local-events"


@dataclass
class World:
    rollups: FakeRollups = field(default_factory=FakeRollups)
    anomalies: FakeAnomalyReader = field(default_factory=FakeAnomalyReader)
    runs: FakeRunReader = field(default_factory=FakeRunReader)
    ledger: FakeLedgerReader = field(default_factory=FakeLedgerReader)
    queues: FakeQueues = field(default_factory=FakeQueues)
    shards: tuple[str, ...] = (SHARD,)

    def write(self, stage: str, at_ms: int, shard: str = SHARD) -> None:
        at = instant.to_text(at_ms)
        self.ledger.ledger.append(make_row(stage=stage, processed_at=at, shard_id=shard))

    def roll_up(self, hour: Hour, *, judged: bool = True) -> None:
        self.rollups.store([make_rollup(hour=hour)])
        if judged:
            mark = self.rollups.hour_marks.read(hour).rolled
            self.anomalies.anomalies.claim(hour, mark)
            self.anomalies.anomalies.finish(hour, mark)

    def check(self, now_ms: int = NOW_MS) -> Any:
        check = CheckFreshness(
            marks=self.rollups,
            judged=self.anomalies,
            runs=self.runs,
            ledger=self.ledger,
            checkpoints=self.ledger,
            shards=RememberedShards(FakeShardLister(self.shards)),
            queues=self.queues,
            streams=(STREAM, "other"),
            raw_queue="raw",
            dead_letters="dead",
        )
        read = check(make_asked(FRESHNESS, now_ms=now_ms))
        assert read.max_age_s == found.RECENT
        return read.content

    def stage(self, name: str) -> Any:
        [stage] = [stage for stage in self.check()["stages"] if stage["stage"] == name]
        return stage

    @property
    def needs(self) -> list[str]:
        return [need["code"] for need in self.check()["needs"]]


@pytest.fixture
def world() -> World:
    """A stage at ten past noon, with the hour before processed, transformed and rolled up."""
    world = World()
    world.write("process", NOW_MS - 5_000)
    world.write("transform", NOW_MS - 3_000)
    world.roll_up(LAST_HOUR)
    world.runs.runs.record(make_run(missing=0))
    return world


def test_the_newest_batch_is_found_under_any_number_of_newer_rows_of_transform(
    world: World,
) -> None:
    for n in range(300):
        world.write("transform", NOW_MS - 2_000 + n)

    assert world.stage("process")["newest_at"] == "2026-11-20T12:09:55.000Z"


def test_what_was_processed_more_than_a_month_ago_is_not_reported() -> None:
    world = World()
    world.write("process", NOW_MS - 40 * DAY_MS)

    assert world.stage("process")["newest_at"] is None


def test_a_stage_that_keeps_up_needs_nobody(world: World) -> None:
    found = world.check()

    assert (found["status"], found["needs"]) == ("ok", [])
    assert found["summary"] == "Everything is up to date."
    assert found["stages"] == [
        {
            "stage": "process",
            "newest_at": "2026-11-20T12:09:55.000Z",
            "behind_s": None,
            "waiting": None,
        },
        {
            "stage": "transform",
            "newest_at": "2026-11-20T12:09:57.000Z",
            "behind_s": 0.0,
            "waiting": 0,
        },
        {
            "stage": "rollup",
            "newest_at": "2026-11-20T12:00:00.000Z",
            "behind_s": 0.0,
            "waiting": 0,
        },
        {
            "stage": "judgement",
            "newest_at": "2026-11-20T12:00:00.000Z",
            "behind_s": None,
            "waiting": 0,
        },
    ]
    assert found["hours_due"] == {"count": 0, "oldest": None}
    assert found["dead_letters"] == {"transform": 0}
    assert found["last_run"] == row_of(make_run(missing=0))
    assert found["shards"] == [
        {
            "shard_id": SHARD,
            "processed_at": "2026-11-20T12:09:55.000Z",
            "transformed_at": "2026-11-20T12:09:57.000Z",
        }
    ]


def test_a_stage_without_any_data_needs_nobody() -> None:
    found = World().check()

    assert found["status"] == "ok"
    assert [stage["newest_at"] for stage in found["stages"]] == [None] * 4
    assert found["last_run"] is None
    assert found["shards"] == [{"shard_id": SHARD, "processed_at": None, "transformed_at": None}]


def test_the_newest_row_of_any_shard_counts(world: World) -> None:
    world.shards = (SHARD, "other-1")
    world.write("process", NOW_MS - 1_000, shard="other-1")

    assert world.stage("process")["newest_at"] == "2026-11-20T12:09:59.000Z"
    assert [shard["shard_id"] for shard in world.check()["shards"]] == [SHARD, "other-1"]


def test_dead_letters_need_a_person(world: World) -> None:
    world.queues.held["dead"] = 3

    found = world.check()

    assert found["status"] == "attention"
    assert found["dead_letters"] == {"transform": 3}
    assert found["needs"] == [
        {
            "code": "dead_letters",
            "message": "Raw objects that failed three transform attempts: 3.",
            "runbook": "dead-letters",
        }
    ]
    assert found["summary"] == found["needs"][0]["message"]


def test_transform_is_behind_when_objects_wait_and_process_has_gone_ahead(world: World) -> None:
    world.queues.held["raw"] = 7
    world.write("process", NOW_MS - 1_000)

    assert world.stage("transform") == {
        "stage": "transform",
        "newest_at": "2026-11-20T12:09:57.000Z",
        "behind_s": 2.0,
        "waiting": 7,
    }
    assert world.needs == []


def test_a_transform_that_never_wrote_is_behind_since_process_did() -> None:
    world = World()
    world.queues.held["raw"] = 7
    world.write("process", NOW_MS - 20 * MINUTE_MS)

    assert world.stage("transform")["behind_s"] == 1_200.0
    [need] = world.check()["needs"]
    assert need["message"] == "Transform is 20 minutes behind, with 7 messages waiting."


def test_nothing_is_behind_by_less_than_no_time() -> None:
    world = World()
    world.queues.held["raw"] = 7
    world.write("process", NOW_MS + 40)

    assert [stage["behind_s"] for stage in world.check()["stages"]] == [None, 0.0, 0.0, None]


def test_an_hour_is_due_when_it_is_over_and_has_changed(world: World) -> None:
    world.rollups.hour_marks.mark(NOON.plus(-2))
    world.rollups.hour_marks.mark(NOON)

    assert world.check()["hours_due"] == {"count": 1, "oldest": "2026-11-20T10:00:00.000Z"}
    assert world.stage("rollup")["behind_s"] == 4_200.0
    assert world.needs == []


def test_an_hour_that_is_due_for_long_needs_a_person(world: World) -> None:
    world.rollups.hour_marks.mark(NOON.plus(-4))

    [need] = world.check()["needs"]

    assert need == {
        "code": "no_rollup",
        "message": "No hour was rolled up for 3 hours. Hours due: 1.",
        "runbook": "no-rollup",
    }


def test_a_schedule_that_stands_still_needs_a_person(world: World) -> None:
    [need] = world.check(NOW_MS + 3 * HOUR_MS)["needs"]

    assert need["code"] == "no_rollup"


def test_a_run_that_failed_needs_a_person(world: World) -> None:
    world.runs.runs.record(make_run(error="Killed", missing=0))

    assert world.needs == ["rollup_failed"]


def test_records_that_the_lake_lacks_need_a_person(world: World) -> None:
    world.runs.runs.record(make_run(missing=2))

    assert world.needs == ["records_missing"]


def test_several_needs_are_counted_and_the_first_is_named(world: World) -> None:
    world.queues.held["dead"] = 3
    world.runs.runs.record(make_run(missing=2))

    assert world.check()["summary"] == (
        "2 things need attention. Raw objects that failed three transform attempts: 3."
    )


def test_hours_rolled_up_again_wait_to_be_judged(world: World) -> None:
    world.roll_up(LAST_HOUR, judged=False)
    world.roll_up(NOON.plus(-2), judged=False)
    world.roll_up(NOON, judged=False)

    assert world.stage("judgement")["waiting"] == 2


def test_only_the_last_month_is_looked_at(world: World) -> None:
    world.rollups.hour_marks.mark(Hour.of(NOON_MS - 32 * DAY_MS))

    assert world.check()["hours_due"]["count"] == 0
