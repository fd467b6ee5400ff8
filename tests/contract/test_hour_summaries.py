"""What is read back of an hour's summary, from the fake and from DynamoDB alike."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.hour_summaries import item_of, summary_of
from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.errors import Superseded
from chalicelib.model.merged import merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import AmountSummary, HourlyRollup, Reconciliation
from chalicelib.query.metrics_row import row_of
from chalicelib.query.ports import SummarizedRollupReader
from chalicelib.rollup.ports import Aggregates
from tests.builders import NOON, make_latency, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.query.fakes import FakeRollups

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

HOUR = Period(NOON, NOON.plus(1))


class World(Protocol):
    @property
    def reader(self) -> SummarizedRollupReader: ...

    @property
    def aggregates(self) -> Aggregates: ...


class OfFake:
    def __init__(self) -> None:
        self.reader = FakeRollups()
        self.aggregates = self.reader.aggregates


class OfDynamo:
    def __init__(self, client: DynamoDBClient) -> None:
        self.aggregates = DynamoAggregates(client, AGGREGATES_TABLE)
        self.reader = DynamoHourlyRollups(Table(client, AGGREGATES_TABLE, ReadMeter(most=100)))


@pytest.fixture(params=["fake", "dynamodb"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return OfFake()
    return OfDynamo(request.getfixturevalue("dynamodb"))


@st.composite
def rollups(draw: st.DrawFn) -> HourlyRollup:
    """A row whose sums may be larger than 64 bits."""
    whole, found = st.integers(0, 10**21), draw(st.integers(0, 10**6))
    amounts = st.dictionaries(
        st.sampled_from(["EUR", "USD"]), st.builds(AmountSummary, whole, whole)
    )
    latencies = st.builds(make_latency, st.floats(0, 86_400_000), total_ns=whole)
    return make_rollup(
        draw(st.sampled_from(["_all", "click"])),
        draw(st.integers(1, 10**6)),
        latency=draw(st.none() | latencies),
        amounts=draw(amounts),
        reconciliation=Reconciliation(
            expected=draw(st.none() | st.integers(0, 10**6)), found=found, duplicates=1
        ),
    )


@given(st.lists(rollups(), max_size=4))
def test_an_answer_made_of_a_summary_is_that_of_its_rows(rows: list[HourlyRollup]) -> None:
    item = item_of(NOON, 3, rows)
    assert item is not None

    summary = summary_of(item)

    assert (summary.hour, summary.mark) == (NOON, 3)
    shown = [row_of(row) for row in summary.rows]
    assert shown == [row_of(merge(row.event_type, HOUR, [row])) for row in rows]


def test_the_summary_of_an_hour_is_that_of_its_last_rollup(world: World) -> None:
    for mark in (1, 2):
        world.aggregates.claim(NOON, mark, {"click": make_rollup("click").figures})
        world.aggregates.summarize(NOON, mark, [make_rollup("click", mark)])

    found = world.reader.summaries(NOON, NOON.plus(1))

    assert {hour: (one.mark, one.rows[0].count) for hour, one in found.items()} == {NOON: (2, 2)}


def test_a_rollup_that_is_superseded_keeps_no_summary(world: World) -> None:
    world.aggregates.claim(NOON, 2, {"click": make_rollup("click").figures})

    with pytest.raises(Superseded):
        world.aggregates.summarize(NOON, 1, [make_rollup("click")])
    assert world.reader.summaries(NOON, NOON.plus(1)) == {}


def test_a_summary_that_would_be_too_large_is_left_out() -> None:
    chance = Random(1)
    rows = [
        make_rollup(
            f"type_{n}",
            n,
            amounts={f"C{m}": AmountSummary(chance.getrandbits(60), 1) for m in range(150)},
        )
        for n in range(1, 501)
    ]

    assert item_of(NOON, 1, rows) is None
