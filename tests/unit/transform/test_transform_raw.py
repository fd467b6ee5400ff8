"""Raw objects in, lake files out: one for one, and every failure alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chalicelib.archive.raw_key import RawKey
from chalicelib.errors import StoreUnavailable
from chalicelib.lake.keys import LakeKey
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import LedgerRow
from chalicelib.transform import Enrichment, TransformRaw
from tests.builders import (
    NOON,
    NOON_MS,
    SHARD,
    STREAM,
    make_raw_key,
    make_raw_line,
    make_raw_message,
    make_raw_object,
)
from tests.fakes import FakeLedger, FakeObjects

VIEWS = make_raw_key("page_view")
CLICKS = make_raw_key("click")


@dataclass
class FakeMarker:
    hours: list[Hour] = field(default_factory=list)

    def mark(self, hour: Hour) -> None:
        self.hours.append(hour)


@dataclass
class World:
    raw: FakeObjects = field(default_factory=FakeObjects)
    lake: FakeObjects = field(default_factory=FakeObjects)
    marker: FakeMarker = field(default_factory=FakeMarker)
    ledger: FakeLedger = field(default_factory=FakeLedger)

    @property
    def transform(self) -> TransformRaw:
        return TransformRaw(
            raw=self.raw,
            lake=self.lake,
            marker=self.marker,
            ledger=self.ledger,
            clock=lambda: NOON_MS,
            enrichment=Enrichment(),
        )

    def archive(self, key: RawKey, *lines: bytes) -> None:
        self.raw.put(str(key), make_raw_object(*lines), {})

    def rows(self, key: RawKey) -> list[dict[str, Any]]:
        body = self.lake.bodies[str(LakeKey.of(key))]
        found: list[dict[str, Any]] = pq.read_table(pa.BufferReader(body)).to_pylist()
        return found


@pytest.fixture
def world() -> World:
    world = World()
    world.archive(VIEWS, make_raw_line(event_id="v1"), make_raw_line(event_id="v2"))
    world.archive(CLICKS, make_raw_line(event_id="c1", event_type="click"))
    return world


def test_a_raw_object_becomes_one_lake_file(world: World) -> None:
    report = world.transform([make_raw_message(VIEWS)])

    assert list(world.lake.bodies) == [str(LakeKey.of(VIEWS))]
    assert [row["event_id"] for row in world.rows(VIEWS)] == ["v1", "v2"]
    assert report.failed_ids == []


def test_every_row_says_how_it_was_made(world: World) -> None:
    world.transform([make_raw_message(CLICKS)])

    [row] = world.rows(CLICKS)
    assert row["processed_at"].timestamp() * 1000 == NOON_MS
    assert row["processing_source"] == "kinesis-stream"
    assert row["processing_stage"] == "transformed"
    assert row["processing_version"] == "1.0"


def test_rows_are_enriched_by_their_type(world: World) -> None:
    key = make_raw_key("purchase")
    world.archive(key, make_raw_line(event_type="purchase", amount=5.0))

    world.transform([make_raw_message(key)])

    assert [row["amount_category"] for row in world.rows(key)] == ["micro"]


@pytest.mark.parametrize("event_type", ["page_view", "purchase", "user_action", "metric"])
def test_a_raw_object_that_was_emptied_empties_its_lake_file(
    world: World, event_type: str
) -> None:
    key = make_raw_key(event_type)
    world.archive(key, make_raw_line(event_type=event_type))
    world.transform([make_raw_message(key)])
    world.archive(key)

    report = world.transform([make_raw_message(key)])

    assert report.failed_ids == []
    assert world.rows(key) == []


def test_an_hour_is_marked_once_for_all_of_its_files(world: World) -> None:
    later = make_raw_key("metric", NOON.plus(1))
    at = f"{later.hour.text}:30:00.000Z"
    world.archive(later, make_raw_line(event_type="metric", timestamp=at))

    world.transform([make_raw_message(VIEWS, CLICKS), make_raw_message(later)])

    assert world.marker.hours == [NOON, NOON.plus(1)]


def test_an_hour_is_marked_after_the_last_of_its_files_was_written(world: World) -> None:
    class Watching(FakeMarker):
        def mark(self, hour: Hour) -> None:
            super().mark(hour)
            written.append(len(world.lake.bodies))

    written: list[int] = []
    world.marker = Watching()

    world.transform([make_raw_message(VIEWS), make_raw_message(CLICKS, message_id="m-2")])

    assert written == [2]


def test_objects_of_an_hour_that_cannot_be_marked_come_again(world: World) -> None:
    class Refusing(FakeMarker):
        def mark(self, hour: Hour) -> None:
            if hour == NOON:
                raise StoreUnavailable("no mark")
            super().mark(hour)

    world.marker = Refusing()
    later = make_raw_key("metric", NOON.plus(1))
    at = f"{later.hour.text}:30:00.000Z"
    world.archive(later, make_raw_line(event_type="metric", timestamp=at))

    report = world.transform(
        [make_raw_message(VIEWS, message_id="bad"), make_raw_message(later, message_id="good")]
    )

    assert report.failed_ids == ["bad"]
    assert [row.batch_id for row in world.ledger.rows] == [str(later)]


def test_the_ledger_says_what_was_done(world: World) -> None:
    world.transform([make_raw_message(VIEWS)])

    assert world.ledger.rows == [
        LedgerRow(
            batch_id=str(VIEWS),
            processed_at="2026-11-20T12:00:00.000Z",
            shard_id=f"{STREAM}-{SHARD}",
            stage="transform",
            total_records=2,
            success_records=2,
            failed_records=0,
            partitions=["events/year=2026/month=11/day=20/hour=12"],
            keys=[str(LakeKey.of(VIEWS))],
            duration_ms=0,
            expires_at=NOON_MS // 1000 + 30 * 86_400,
        )
    ]


def test_a_batch_logs_what_it_came_to(world: World) -> None:
    report = world.transform([make_raw_message(VIEWS, CLICKS), make_raw_message(VIEWS)])

    assert report.figures == {"messages": 2, "objects": 2, "objects_failed": 0, "rows": 3}


def test_an_object_named_twice_is_transformed_once(world: World) -> None:
    world.transform([make_raw_message(VIEWS, VIEWS), make_raw_message(VIEWS, message_id="m-2")])

    assert world.lake.writes.total() == 1


def test_a_missing_object_fails_its_messages_alone(world: World) -> None:
    gone = make_raw_key("metric")

    report = world.transform(
        [
            make_raw_message(VIEWS, message_id="good"),
            make_raw_message(gone, message_id="bad"),
            make_raw_message(CLICKS, gone, message_id="half"),
        ]
    )

    assert report.to_lambda(partial=True) == {
        "batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "half"}]
    }
    assert str(gone) in report.reasons[0]
    assert "ObjectMissing" in report.reasons[0]
    assert len(world.lake.bodies) == 2


def test_an_unreadable_object_fails_alone_and_says_where(world: World) -> None:
    world.archive(VIEWS, make_raw_line(), b"nonsense")

    report = world.transform(
        [make_raw_message(VIEWS, message_id="bad"), make_raw_message(CLICKS, message_id="good")]
    )

    assert report.failed_ids == ["bad"]
    assert "line 2 has no properties" in report.reasons[0]
    assert list(world.lake.bodies) == [str(LakeKey.of(CLICKS))]
    assert world.marker.hours == [NOON]


def test_a_message_that_is_no_notification_fails_alone(world: World) -> None:
    report = world.transform(
        [{"messageId": "bad", "body": "hello"}, make_raw_message(VIEWS, message_id="good")]
    )

    assert report.failed_ids == ["bad"]
    assert report.reasons[0].startswith("not JSON")
    assert len(world.lake.bodies) == 1


def test_what_a_half_understood_message_names_is_transformed_all_the_same(world: World) -> None:
    report = world.transform([make_raw_message(VIEWS, "other/key")])

    assert report.failed_ids == ["m-1"]
    assert len(world.rows(VIEWS)) == 2


def test_the_test_message_of_a_new_notification_is_acknowledged(world: World) -> None:
    report = world.transform([{"messageId": "m", "body": '{"Event": "s3:TestEvent"}'}])

    assert report.failed_ids == []
    assert world.lake.bodies == {}


def test_a_repeat_replaces_the_file_and_marks_again(world: World) -> None:
    world.transform([make_raw_message(VIEWS)])
    world.transform([make_raw_message(VIEWS)])

    assert len(world.rows(VIEWS)) == 2
    assert world.marker.hours == [NOON, NOON]


@dataclass
class Overwritten(FakeObjects):
    """Raw objects that another writer replaces right after they were read, this many times."""

    times: int = 0

    def get(self, key: str) -> Any:
        stored = super().get(key)
        if self.times:
            self.times -= 1
            lines = [make_raw_line(event_id=f"new_{self.times}_{n}") for n in range(3)]
            self.put(key, make_raw_object(*lines), {})
        return stored


def test_an_object_overwritten_meanwhile_is_read_again_before_the_mark(world: World) -> None:
    world.raw = Overwritten(bodies=world.raw.bodies, times=2)

    report = world.transform([make_raw_message(VIEWS)])

    assert report.failed_ids == []
    assert [row["event_id"] for row in world.rows(VIEWS)] == ["new_0_0", "new_0_1", "new_0_2"]
    assert world.marker.hours == [NOON]


def test_an_object_that_never_rests_is_left_for_later(world: World) -> None:
    world.raw = Overwritten(bodies=world.raw.bodies, times=99)

    report = world.transform([make_raw_message(VIEWS)])

    assert report.failed_ids == ["m-1"]
    assert "overwritten" in report.reasons[0]
    assert world.marker.hours == []
