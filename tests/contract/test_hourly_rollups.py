"""What the read side's rollups and hour marks must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import (
    ALL_TYPES,
    AmountSummary,
    HourlyRollup,
    HourMark,
    Reconciliation,
)
from chalicelib.query.ports import HourMarkReader, RollupReader
from chalicelib.rollup.ports import Aggregates, HourMarks
from tests.builders import NOON, NOON_MS, make_latency, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.query.fakes import FakeRollups

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract


class Reader(RollupReader, HourMarkReader, Protocol): ...


@dataclass
class World:
    reader: Reader
    aggregates: Aggregates
    marks: HourMarks

    def store(self, *rows: HourlyRollup) -> None:
        for hour in {row.hour for row in rows}:
            of_hour = [row for row in rows if row.hour == hour]
            mark = self.marks.begin(hour, NOON_MS)
            figures = {row.event_type: row.figures for row in of_hour}
            known = self.aggregates.claim(hour, mark, figures)
            self.aggregates.replace(hour, mark, known, of_hour, ())
            self.aggregates.summarize(hour, mark, of_hour)
            self.marks.finish(hour, mark)


@pytest.fixture
def meter() -> ReadMeter:
    return ReadMeter(most=1_000)


@pytest.fixture(params=["fake", "dynamodb"])
def world(request: pytest.FixtureRequest, meter: ReadMeter) -> World:
    if request.param == "fake":
        fake = FakeRollups()
        return World(fake, fake.aggregates, fake.hour_marks)
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return World(
        DynamoHourlyRollups(Table(client, AGGREGATES_TABLE, meter)),
        DynamoAggregates(client, AGGREGATES_TABLE),
        DynamoHourMarks(client, AGGREGATES_TABLE),
    )


def hours_from(first: Hour, n: int, event_type: str = "click") -> Iterable[HourlyRollup]:
    return [make_rollup(event_type, 1 + i, first.plus(i)) for i in range(n)]


def test_the_rollups_of_a_range_come_oldest_first(world: World) -> None:
    rows = [*hours_from(NOON, 5)]
    world.store(*rows, *hours_from(NOON, 2, "page_view"))

    assert list(world.reader.rollups("click", NOON.plus(1), NOON.plus(4))) == rows[1:4]


def test_an_hour_without_a_row_is_left_out(world: World) -> None:
    rows = [make_rollup(), make_rollup(hour=NOON.plus(2))]
    world.store(*rows)

    assert list(world.reader.rollups("click", NOON, NOON.plus(3))) == rows
    assert list(world.reader.rollups("view", NOON, NOON.plus(3))) == []


def test_a_row_with_everything_comes_back_as_it_was(world: World) -> None:
    row = make_rollup(
        count=3,
        unique_users=2,
        user_sketch=HyperLogLog.of([1, 2]),
        latency=make_latency(0.1 + 0.2, buckets={12: 2, 0: 1}),
        amounts={"EUR": AmountSummary(2, -(10**25)), "XXX": AmountSummary(1, 0)},
        reconciliation=Reconciliation(expected=9, found=5, duplicates=2),
    )
    world.store(row)

    assert list(world.reader.rollups("click", NOON, NOON.plus(1))) == [row]


def test_the_types_of_each_hour_are_those_that_may_have_a_row(world: World) -> None:
    world.store(make_rollup(hour=NOON.plus(-1)))
    world.store(make_rollup(), make_rollup(ALL_TYPES))
    world.store(make_rollup("page_view"), make_rollup(ALL_TYPES))

    assert world.reader.event_types(NOON, NOON.plus(3)) == {
        NOON: {"click", "page_view", ALL_TYPES}
    }


def test_the_marks_of_a_range_are_known(world: World) -> None:
    world.store(make_rollup())
    world.store(make_rollup())
    world.marks.begin(NOON.plus(1), NOON_MS)
    world.marks.begin(NOON.plus(2), NOON_MS)

    assert world.reader.marks(NOON, NOON.plus(2)) == {
        NOON: HourMark(NOON, 2, 2),
        NOON.plus(1): HourMark(NOON.plus(1), 1, 0),
    }


def test_an_empty_range_has_nothing(world: World) -> None:
    world.store(make_rollup())

    assert list(world.reader.rollups("click", NOON, NOON)) == []
    assert world.reader.event_types(NOON, NOON) == {}
    assert world.reader.marks(NOON, NOON) == {}


def test_all_pages_are_read_and_counted_with_what_they_cost(
    dynamodb: DynamoDBClient, meter: ReadMeter
) -> None:
    # A page is 1 MB.
    for n in range(4):
        item = {
            "event_type": {"S": "_hour"},
            "window_start": {"S": NOON.plus(n).window_start},
            "marked": {"N": "1"},
            "ballast": {"S": "x" * 390_000},
        }
        dynamodb.put_item(TableName=AGGREGATES_TABLE, Item=item)

    marks = DynamoHourlyRollups(Table(dynamodb, AGGREGATES_TABLE, meter)).marks(NOON, NOON.plus(4))

    assert len(marks) == meter.items == 4
    assert meter.calls == 2
    assert meter.units > 0
    meter.start()
    assert set(meter.figures().values()) == {0}
