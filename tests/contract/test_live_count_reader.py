"""What every LiveCountReader must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.live_count_reader import DynamoLiveCountReader
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.errors import TooMuchRead
from chalicelib.model import live
from chalicelib.model.instant import HOUR_MS, MINUTE_MS
from chalicelib.model.ledger import Commit, CounterDelta, CounterKey
from chalicelib.model.live import LiveCount
from chalicelib.model.period import Period
from chalicelib.process.ports import BatchLedger
from tests.builders import NOON, NOON_MS
from tests.contract.conftest import BATCHES_TABLE, METRICS_TABLE
from tests.contract.test_batch_ledger import SHARD, make_claim, make_row
from tests.fakes import FakeLedger
from tests.unit.query.fakes import FakeLiveCountReader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Reader = FakeLiveCountReader | DynamoLiveCountReader
type World = tuple[BatchLedger, Reader]
ALL: frozenset[str] = frozenset()


@pytest.fixture(params=["fake", "dynamodb"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        ledger = FakeLedger()
        return ledger, FakeLiveCountReader(ledger)
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    table = Table(client, METRICS_TABLE, ReadMeter(most=1_000))
    ledger_of_table = DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE)
    return ledger_of_table, DynamoLiveCountReader(table)


def minute(n: int, event_type: str = "click", shard: str = SHARD) -> CounterKey:
    """The key of a minute after noon."""
    hour = NOON.plus(n // 60)
    return live.minute_key(event_type, f"{hour.text}:{n % 60:02}", shard)


def hour(n: int, event_type: str = "click", shard: str = SHARD) -> CounterKey:
    """The key of an hour after noon."""
    return live.hour_key(event_type, NOON.plus(n).text, shard)


COUNTS: Mapping[str, int] = {"n_records": 3, "b7": 2}


def count(ledger: BatchLedger, *keys: CounterKey, adds: Mapping[str, int] = COUNTS) -> None:
    delta = CounterDelta(adds, 1_800_000_000)
    claim = make_claim()
    commit = Commit(
        claim=claim,
        read_checkpoint=ledger.claim(claim).checkpoint,
        new_checkpoint="1",
        counters=dict.fromkeys(keys, delta),
        row=make_row(),
    )
    ledger.commit(commit)


def minutes(
    reader: Reader, first: int, end: int, event_types: frozenset[str] = ALL
) -> Counter[tuple[str, int]]:
    """Return the minutes after noon that were found, and how often."""
    bounds = NOON_MS + first * MINUTE_MS, NOON_MS + end * MINUTE_MS
    found = reader.minutes(*bounds, event_types)
    return Counter((one.event_type, (one.start_ms - NOON_MS) // MINUTE_MS) for one in found)


def hours(
    reader: Reader, first: int, end: int, event_types: frozenset[str] = ALL
) -> Counter[tuple[str, int]]:
    found = reader.hours(NOON_MS + first * HOUR_MS, NOON_MS + end * HOUR_MS, event_types)
    return Counter((one.event_type, (one.start_ms - NOON_MS) // HOUR_MS) for one in found)


def test_a_counter_comes_back_as_it_was_counted(world: World) -> None:
    ledger, reader = world
    count(ledger, minute(5))

    assert list(reader.minutes(NOON_MS, NOON_MS + HOUR_MS, ALL)) == [
        LiveCount("click", NOON_MS + 5 * MINUTE_MS, {"n_records": 3, "b7": 2})
    ]


def test_the_minutes_of_a_range_are_found_and_no_others(world: World) -> None:
    ledger, reader = world
    count(ledger, *map(minute, (-1, 0, 9, 10, 11, 59, 60)))

    assert minutes(reader, 9, 11) == {("click", 9): 1, ("click", 10): 1}
    assert minutes(reader, 0, 60).total() == 5


def test_the_minutes_of_all_types_are_found_or_only_of_those_asked_for(world: World) -> None:
    ledger, reader = world
    count(ledger, *(minute(5, name) for name in ("click", "click_through", "purchase", "zoom")))

    assert minutes(reader, 0, 60).total() == 4
    assert minutes(reader, 5, 6, frozenset({"click", "zoom"})) == {
        ("click", 5): 1,
        ("zoom", 5): 1,
    }
    assert minutes(reader, 6, 60, frozenset({"click"})) == {}


def test_every_shard_has_a_counter_of_its_own(world: World) -> None:
    ledger, reader = world
    count(ledger, minute(5), minute(5, shard="other-shardId-000000000001"), hour(0))
    count(ledger, hour(0, shard="other-shardId-000000000001"))

    assert minutes(reader, 0, 60) == {("click", 5): 2}
    assert hours(reader, 0, 1) == {("click", 0): 2}


def test_the_hours_of_a_range_are_found_and_no_others(world: World) -> None:
    ledger, reader = world
    count(ledger, *map(hour, (-13, -12, 0, 1, 2, 11, 12)))

    assert hours(reader, 0, 2) == {("click", 0): 1, ("click", 1): 1}
    assert hours(reader, -12, 12).total() == 5


def test_the_hours_of_all_types_are_found_but_what_is_quarantined(world: World) -> None:
    ledger, reader = world
    count(ledger, *(hour(0, name) for name in ("click", "zoom", live.QUARANTINED)))

    assert hours(reader, 0, 1) == {("click", 0): 1, ("zoom", 0): 1}
    assert hours(reader, 0, 1, frozenset({"zoom"})) == {("zoom", 0): 1}


def quarantined(n: int, shard: str = SHARD) -> CounterKey:
    """The key of the records that are quarantined in an hour after noon."""
    return live.quarantined_key(NOON.plus(n).text, shard)


def test_quarantined_records_are_counted_by_hour_and_code_over_all_shards(world: World) -> None:
    ledger, reader = world
    other = "other-shardId-000000000001"
    codes = {"n_records": 3, "n_invalid_json": 3}
    count(ledger, quarantined(0), quarantined(0, other), quarantined(1), hour(0), adds=codes)

    assert reader.quarantined(Period(NOON, NOON.plus(12))) == {
        NOON: {"invalid_json": 6},
        NOON.plus(1): {"invalid_json": 3},
    }


def test_the_quarantined_records_of_a_range_are_found_and_no_others(world: World) -> None:
    ledger, reader = world
    count(ledger, *map(quarantined, (-13, -12, -1, 0, 1, 2, 12)))

    assert list(reader.quarantined(Period(NOON, NOON.plus(2)))) == [NOON, NOON.plus(1)]
    assert not reader.quarantined(Period(NOON.plus(3), NOON.plus(9)))


def test_reading_stops_at_what_one_request_may_read(dynamodb: DynamoDBClient) -> None:
    ledger = DynamoBatchLedger(dynamodb, BATCHES_TABLE, METRICS_TABLE)
    count(ledger, *(minute(n) for n in range(5)))
    reader = DynamoLiveCountReader(Table(dynamodb, METRICS_TABLE, ReadMeter(most=4)))

    with pytest.raises(TooMuchRead):
        minutes(reader, 0, 60)
