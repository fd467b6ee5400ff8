from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.aws.variant_counts import DynamoVariantCounts
from chalicelib.model import instant, live
from chalicelib.model.about_users import place_of, sketch_at
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.ledger import Claim, Commit
from chalicelib.model.live import VariantCount
from chalicelib.model.marks import Counted, Marks
from chalicelib.process.counters import Counters
from tests.builders import NOON_MS
from tests.contract.conftest import BATCHES_TABLE, METRICS_TABLE
from tests.unit.query.fakes import FakeVariantCounts
from tests.unit.query.test_list_batches import make_row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from chalicelib.query.ports import VariantCountReader

pytestmark = pytest.mark.contract

HOURS = (-25, -1, 0, 1)
USERS = {"control": ("usr_1", "usr_2")}
PLACES = {place_of(user) for user in USERS["control"]}


@pytest.fixture(params=["fake", "dynamodb"])
def reader(request: pytest.FixtureRequest) -> VariantCountReader:
    """Two events an hour of each of two experiments, of which one is a conversion."""
    if request.param == "fake":
        fake = FakeVariantCounts()
        for hours in HOURS:
            for experiment_id in ("button", "button-2"):
                fake.add(experiment_id, NOON_MS + hours * HOUR_MS, USERS, control=(2, 1))
        return fake
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    for hours in HOURS:
        commit(client, instant.to_text(NOON_MS + hours * HOUR_MS)[:13])
    return DynamoVariantCounts(Table(client, METRICS_TABLE, ReadMeter(most=1_000)))


def commit(client: DynamoDBClient, hour: str) -> None:
    """Count as process does, by a transaction of another shard each time."""
    counters = Counters()
    for is_conversion in (True, False):
        counted = [Counted(name, "control", is_conversion) for name in ("button", "button-2")]
        tally = counters.open_variants(hour, Marks({}, tuple(counted)))
        assert tally is not None
        tally.n += 1
        tally.places |= PLACES
    ledger, claim = DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE), Claim(hour, "1", "9")
    ledger.claim(claim)
    ledger.commit(
        Commit(
            claim=claim,
            read_checkpoint=None,
            new_checkpoint="1",
            counters=counters.deltas(hour),
            row=make_row(),
        )
    )


def test_hours_are_read_in_order_from_the_first_to_before_the_end(
    reader: VariantCountReader,
) -> None:
    found = reader.counts("button", NOON_MS - HOUR_MS, NOON_MS + HOUR_MS)

    assert [*found] == [
        count(NOON_MS - HOUR_MS, events=2, conversions=1),
        count(NOON_MS, events=2, conversions=1),
    ]


def count(start_ms: int, *, events: int, conversions: int) -> VariantCount:
    users = {"control": sketch_at(PLACES)}
    return VariantCount(start_ms, {"control": events}, {"control": conversions}, users)


def test_a_sketch_of_another_kind_is_no_reason_to_answer_nothing(
    dynamodb: DynamoDBClient,
) -> None:
    commit(dynamodb, "2026-11-20T12")
    dynamodb.update_item(
        TableName=METRICS_TABLE,
        Key=live_key(),
        UpdateExpression="SET users_control=:s",
        ExpressionAttributeValues={":s": {"B": b"of a later version"}},
    )

    table = Table(dynamodb, METRICS_TABLE, ReadMeter(most=1_000))
    [found] = DynamoVariantCounts(table).counts("button", NOON_MS, NOON_MS + HOUR_MS)

    assert (found.events, found.users) == ({"control": 2}, {})


def live_key() -> dict[str, dict[str, str]]:
    key = live.variant_key("button", "2026-11-20T12", "2026-11-20T12")
    return {name: {"S": value} for name, value in key._asdict().items()}


def test_an_experiment_without_counters_has_none(reader: VariantCountReader) -> None:
    assert [*reader.counts("butto", NOON_MS - HOUR_MS, NOON_MS + HOUR_MS)] == []
