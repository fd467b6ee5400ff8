"""What every Aggregates must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.types import TypeDeserializer

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.errors import Superseded
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.figures import Figures
from chalicelib.model.rollup import (
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)
from chalicelib.rollup.ports import Aggregates
from tests.builders import NOON, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.rollup.fakes import FakeAggregates

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Counts = Mapping[str, int]


def make_figures(event_types: Collection[str]) -> dict[str, Figures]:
    return {event_type: Figures(len(event_type), 1) for event_type in event_types}


@pytest.fixture(params=["fake", "dynamodb"])
def world(request: pytest.FixtureRequest) -> tuple[Aggregates, Callable[[], Counts]]:
    """Aggregates, and a look at what they hold of noon: events by type."""
    if request.param == "fake":
        fake = FakeAggregates()
        return fake, lambda: {row.event_type: row.count for row in fake.rows[NOON].values()}
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoAggregates(client, AGGREGATES_TABLE), lambda: _stored_counts(client)


@pytest.fixture
def aggregates(world: tuple[Aggregates, Callable[[], Counts]]) -> Aggregates:
    return world[0]


@pytest.fixture
def stored(world: tuple[Aggregates, Callable[[], Counts]]) -> Callable[[], Counts]:
    return world[1]


def _stored_counts(client: DynamoDBClient) -> Counts:
    items = client.scan(TableName=AGGREGATES_TABLE)["Items"]
    rows = [item for item in items if item["window_start"]["S"] == NOON.window_start]
    return {i["event_type"]["S"]: int(i["n_events"]["N"]) for i in rows if "n_events" in i}


def test_a_first_claim_names_the_types_that_will_have_a_row(aggregates: Aggregates) -> None:
    assert aggregates.claim(NOON, 1, make_figures({"click", "view"})) == {"click", "view"}


def test_a_later_claim_names_the_types_that_may_have_a_row_already(
    aggregates: Aggregates,
) -> None:
    aggregates.claim(NOON, 1, make_figures({"click", "view"}))

    assert aggregates.claim(NOON, 2, make_figures({"view", "error"})) == {"click", "view"}


def test_the_types_of_an_hour_grow_and_shrink_with_its_rows(aggregates: Aggregates) -> None:
    known = aggregates.claim(NOON, 1, make_figures({"click", "view"}))

    known = aggregates.replace(NOON, 1, known, [make_rollup("error")], {"click"})

    assert known == {"view", "error"}
    assert aggregates.claim(NOON, 2, make_figures({"late"})) == known


def test_hours_are_claimed_apart(aggregates: Aggregates) -> None:
    aggregates.claim(NOON, 7, make_figures({"click"}))

    assert aggregates.claim(NOON.plus(1), 1, make_figures({"view"})) == {"view"}


def test_a_claim_may_be_repeated(aggregates: Aggregates) -> None:
    aggregates.claim(NOON, 3, make_figures({"click"}))

    assert aggregates.claim(NOON, 3, make_figures({"click"})) == {"click"}


def test_an_older_claim_is_refused_and_leaves_no_trace(aggregates: Aggregates) -> None:
    aggregates.claim(NOON, 3, make_figures({"click"}))

    with pytest.raises(Superseded):
        aggregates.claim(NOON, 2, make_figures({"view"}))

    assert aggregates.claim(NOON, 4, make_figures({"click"})) == {"click"}


def test_rows_are_written_and_deleted(
    aggregates: Aggregates, stored: Callable[[], Counts]
) -> None:
    known = aggregates.claim(NOON, 1, make_figures({"click", "view"}))
    aggregates.replace(NOON, 1, known, [make_rollup("click", 1), make_rollup("view", 2)], ())

    aggregates.replace(NOON, 1, known, [make_rollup("view", 3)], {"click", "never_there"})

    assert stored() == {"view": 3}


def test_as_many_changes_as_a_rollup_makes_fit_at_once(
    aggregates: Aggregates, stored: Callable[[], Counts]
) -> None:
    rows = [make_rollup(f"type_{n}") for n in range(99)]
    known = aggregates.claim(NOON, 1, make_figures({row.event_type for row in rows}))

    aggregates.replace(NOON, 1, known, rows, ())

    assert len(stored()) == 99


def test_a_rollup_that_was_overtaken_writes_and_deletes_nothing(
    aggregates: Aggregates, stored: Callable[[], Counts]
) -> None:
    known = aggregates.claim(NOON, 1, make_figures({"click"}))
    aggregates.claim(NOON, 2, make_figures({"view"}))
    aggregates.replace(NOON, 2, known, [make_rollup("view", 5)], ())

    with pytest.raises(Superseded):
        aggregates.replace(NOON, 1, known, [make_rollup("click", 1)], {"view"})

    assert stored() == {"view": 5}


def test_who_has_not_claimed_may_not_write(aggregates: Aggregates) -> None:
    with pytest.raises(Superseded):
        aggregates.replace(NOON, 1, frozenset({"click"}), [make_rollup()], ())


def test_a_row_is_flat_and_its_numbers_come_back_as_they_were(dynamodb: DynamoDBClient) -> None:
    aggregates = DynamoAggregates(dynamodb, AGGREGATES_TABLE)
    total_ns, euros = 9 * 10**19 + 1, -(10**25) - 7
    users = HyperLogLog.of([1, 2])
    row = HourlyRollup(
        event_type="purchase",
        hour=NOON,
        count=3,
        unique_users=2,
        user_sketch=users,
        errors=1,
        latency=LatencySummary(
            count=3,
            total_ns=total_ns,
            minimum=5e-324,
            maximum=86_400_000.0,
            p50=0.1 + 0.2,
            p90=1 / 3,
            p95=1e-7,
            p99=2.0,
            buckets={9: 1, 0: 2},
        ),
        amounts={"EUR": AmountSummary(2, euros), "XXX": AmountSummary(1, 5)},
        reconciliation=Reconciliation(expected=9, found=5, duplicates=2),
    )
    known = aggregates.claim(NOON, 1, make_figures({"purchase"}))
    aggregates.replace(NOON, 1, known, [row], ())

    assert _item(dynamodb, "purchase") == {
        "event_type": "purchase",
        "window_start": "2026-11-20T12:00:00Z",
        "window_end": "2026-11-20T13:00:00Z",
        "expires_at": NOON.plus(1 + 400 * 24).start_ms // 1000,
        "n_events": 3,
        "n_users": 2,
        "n_errors": 1,
        "error_rate": Decimal(repr(1 / 3)),
        "n_latencies": 3,
        "latency_ns": total_ns,
        # Nearer to zero than DynamoDB can hold.
        "latency_min_ms": 0,
        "latency_max_ms": 86_400_000,
        "latency_p50_ms": Decimal("0.30000000000000004"),
        "latency_p90_ms": Decimal(repr(1 / 3)),
        "latency_p95_ms": Decimal("1E-7"),
        "latency_p99_ms": 2,
        "n_amounts_EUR": 2,
        "amount_micros_EUR": euros,
        "n_amounts_XXX": 1,
        "amount_micros_XXX": 5,
        "n_expected": 9,
        "n_found": 5,
        "n_duplicates": 2,
        "n_missing": 4,
        "users_hll": users.encoded(),
        "latency_buckets": "0:2 9:1",
    }


def test_what_the_counters_can_not_say_is_absent(dynamodb: DynamoDBClient) -> None:
    aggregates = DynamoAggregates(dynamodb, AGGREGATES_TABLE)
    known = aggregates.claim(NOON, 1, make_figures({"click"}))
    aggregates.replace(NOON, 1, known, [make_rollup("click")], ())

    item = _item(dynamodb, "click")
    assert not {"n_expected", "n_missing", "n_latencies", "latency_p50_ms"} & item.keys()


def _item(dynamodb: DynamoDBClient, event_type: str) -> Mapping[str, object]:
    key = {"event_type": {"S": event_type}, "window_start": {"S": NOON.window_start}}
    item = dynamodb.get_item(TableName=AGGREGATES_TABLE, Key=key)["Item"]
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}
