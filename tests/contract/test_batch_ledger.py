"""What every BatchLedger and LedgerWriter must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.errors import ClaimLost, Contended
from chalicelib.model import live
from chalicelib.model.about_users import place_of, sketch_at
from chalicelib.model.ledger import (
    LAST_SEQUENCE,
    Claim,
    Commit,
    CounterDelta,
    CounterKey,
    LedgerRow,
    Position,
)
from chalicelib.process.ports import BatchLedger
from tests.builders import NOON
from tests.contract.conftest import BATCHES_TABLE, METRICS_TABLE
from tests.fakes import FakeLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

SHARD = "eventstream-local-events-shardId-000000000000"
KEY = live.hour_key("click", NOON.text, SHARD)
VARIANTS = live.variant_key("button", NOON.text, SHARD)


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> BatchLedger:
    if request.param == "fake":
        return FakeLedger()
    return dynamo(request)


def dynamo(request: pytest.FixtureRequest) -> DynamoBatchLedger:
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE)


def make_row(**changes: object) -> LedgerRow:
    row = LedgerRow(
        batch_id="b1",
        processed_at="2026-11-20T12:00:00.000Z",
        shard_id=SHARD,
        stage="process",
        total_records=3,
        success_records=2,
        failed_records=1,
        partitions=["raw/event_type=click"],
        keys=["raw/event_type=click/x.json.gz"],
        duration_ms=12,
        expires_at=1_800_000_000,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # a builder


def make_claim(name: str = "a", reaches: str = "9", shard: str = SHARD) -> Claim:
    return Claim(shard, name, reaches)


def make_commit(
    read: str | None = None,
    new: str = "1",
    counters: Mapping[CounterKey, int] | None = None,
    claim: Claim | None = None,
) -> Commit:
    return Commit(
        claim=claim or make_claim(),
        read_checkpoint=read,
        new_checkpoint=new,
        counters={
            key: CounterDelta({"n_records": n, "n_errors": 1}, 1_800_000_000)
            for key, n in (counters or {KEY: 2}).items()
        },
        row=make_row(batch_id=f"b{new}"),
    )


def position(ledger: BatchLedger, shard: str = SHARD) -> Position:
    """Ask as an attempt would that can reach nothing."""
    return ledger.claim(make_claim("asks", "0", shard))


def test_a_shard_not_met_before_has_no_position(ledger: BatchLedger) -> None:
    assert ledger.claim(make_claim()) == Position()


def test_a_commit_advances_the_checkpoint_and_says_when(ledger: BatchLedger) -> None:
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1"))
    ledger.commit(make_commit("1", "2"))

    found = position(ledger)
    assert found == Position("2", "2026-11-20T12:00:00.000Z", "9")


@pytest.mark.parametrize("read", [None, "7"])
def test_a_commit_on_a_checkpoint_that_has_moved_changes_nothing(
    ledger: BatchLedger, read: str | None
) -> None:
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1"))

    with pytest.raises(ClaimLost):
        ledger.commit(make_commit(read, "2"))

    assert position(ledger).checkpoint == "1"


@pytest.mark.parametrize("read", [None, "1"])
def test_a_commit_without_the_claim_changes_nothing(ledger: BatchLedger, read: str | None) -> None:
    ledger.claim(make_claim())
    if read:
        ledger.commit(make_commit(None, read))
    ledger.claim(make_claim("b"))

    with pytest.raises(ClaimLost):
        ledger.commit(make_commit(read, "2"))

    assert position(ledger).checkpoint == read


def test_nothing_is_committed_before_it_is_claimed(ledger: BatchLedger) -> None:
    with pytest.raises(ClaimLost):
        ledger.commit(make_commit())

    assert position(ledger) == Position()


def test_the_last_to_claim_holds_the_shard(ledger: BatchLedger) -> None:
    first, second = make_claim("a"), make_claim("b")
    assert not ledger.holds(first)

    ledger.claim(first)
    assert ledger.holds(first)

    ledger.claim(second)
    assert not ledger.holds(first)
    assert ledger.holds(second)


def test_a_claim_outlives_the_commits_made_under_it(ledger: BatchLedger) -> None:
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1"))

    assert ledger.holds(make_claim())


def test_a_claim_knows_how_far_any_attempt_before_it_reached(ledger: BatchLedger) -> None:
    reached = [ledger.claim(make_claim(reaches=n)).reached for n in ("5", "3", "7", "7")]

    assert reached == ["", "5", "5", "7"]
    assert ledger.holds(make_claim())


def test_shards_have_claims_and_checkpoints_of_their_own(ledger: BatchLedger) -> None:
    ledger.claim(make_claim())
    ledger.commit(make_commit())

    assert position(ledger, "another") == Position()
    assert ledger.holds(make_claim())


def test_a_checkpoint_of_a_version_that_knew_no_claims_is_gone_on_from(
    request: pytest.FixtureRequest,
) -> None:
    ledger = dynamo(request)
    put_old_checkpoint(ledger, "1")

    assert ledger.claim(make_claim()) == Position("1", None, LAST_SEQUENCE)
    ledger.commit(make_commit("1", "2"))
    assert position(ledger).checkpoint == "2"


def test_a_commit_of_a_version_that_knew_no_claims_ends_the_claim(
    request: pytest.FixtureRequest,
) -> None:
    ledger = dynamo(request)
    ledger.claim(make_claim())
    put_old_checkpoint(ledger, "1")

    with pytest.raises(ClaimLost):
        ledger.commit(make_commit(None, "2"))
    with pytest.raises(ClaimLost):
        ledger.commit(make_commit("1", "2"))


def put_old_checkpoint(ledger: DynamoBatchLedger, sequence: str) -> None:
    ledger.client.put_item(
        TableName=ledger.batches_table,
        Item={
            "batch_id": {"S": f"checkpoint#{SHARD}"},
            "processed_at": {"S": "checkpoint"},
            "sequence_number": {"S": sequence},
        },
    )


def test_counters_add_up_over_commits_and_shards(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    other = live.hour_key("click", NOON.text, "another")
    quarantined = live.hour_key(live.QUARANTINED, NOON.text, SHARD)
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1", {KEY: 2, other: 5, quarantined: 9}))
    ledger.commit(make_commit("1", "2", {KEY: 3}))

    counts = DynamoLiveCounts(ledger.client, ledger.metrics_table)

    assert counts.records_by_type(NOON) == {"click": 10}
    assert counts.records_by_type(NOON.plus(1)) == {}


def sketching(*users: str, read: str | None = None) -> Commit:
    sketch = sketch_at(map(place_of, users))
    delta = CounterDelta({"events_a": 1}, 1_800_000_000, {"users_a": sketch})
    return replace(make_commit(read, f"{read}1"), counters={VARIANTS: delta})


def test_sketches_are_read_back_as_they_were_committed_last(ledger: BatchLedger) -> None:
    ledger.claim(make_claim())
    ledger.commit(sketching("usr_1"))
    ledger.commit(replace(sketching("usr_1", "usr_2"), read_checkpoint="None1"))

    found = ledger.users([VARIANTS, KEY])

    assert found[VARIANTS] == {"users_a": sketch_at(map(place_of, ["usr_1", "usr_2"]))}
    assert found.get(KEY, {}) == {}


def test_a_commit_that_is_refused_changes_no_sketch(ledger: BatchLedger) -> None:
    ledger.claim(make_claim())
    ledger.commit(sketching("usr_1"))

    with pytest.raises(ClaimLost):
        ledger.commit(sketching("usr_2"))

    assert ledger.users([VARIANTS])[VARIANTS] == {"users_a": sketch_at([place_of("usr_1")])}


def test_a_hundred_sketches_are_read_by_one_consistent_call(
    request: pytest.FixtureRequest,
) -> None:
    ledger = dynamo(request)
    asked: list[dict[str, Any]] = []
    ledger.client.meta.events.register(
        "provide-client-params.dynamodb.BatchGetItem", lambda params, **_: asked.append(params)
    )

    ledger.users([live.variant_key(f"e{n}", NOON.text, SHARD) for n in range(98)])

    [call] = asked
    assert call["RequestItems"][METRICS_TABLE]["ConsistentRead"] is True


def test_sketches_that_are_throttled_are_read_again_later(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    left = {METRICS_TABLE: {"Keys": [{"partition_key": {"S": "p"}, "sort_key": {"S": "s"}}]}}
    ledger.client.meta.events.register(
        "after-call.dynamodb.BatchGetItem",
        lambda parsed, **_: parsed.update(Responses={}, UnprocessedKeys=left),
    )

    with pytest.raises(Contended):
        ledger.users([VARIANTS])


def test_a_transaction_of_a_hundred_items_is_taken(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    keys = [live.hour_key(f"type_{n}", NOON.text, SHARD) for n in range(98)]

    ledger.claim(make_claim())
    ledger.commit(make_commit(counters=dict.fromkeys(keys, 1)))

    counts = DynamoLiveCounts(ledger.client, ledger.metrics_table)
    assert len(counts.records_by_type(NOON)) == 98


def test_rows_are_found_by_their_shard(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1"))
    ledger.append(make_row(batch_id="other", shard_id="another"))

    found = ledger.client.query(
        TableName=ledger.batches_table,
        IndexName="ShardIndex",
        KeyConditionExpression="shard_id = :s",
        ExpressionAttributeValues={":s": {"S": SHARD}},
    )["Items"]

    assert [item["batch_id"]["S"] for item in found] == ["b1"]
    assert found[0]["total_records"] == {"N": "3"}
    assert found[0]["partitions_count"] == {"N": "1"}


def test_the_claim_is_looked_up_by_a_consistent_read(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    asked: list[dict[str, object]] = []
    ledger.client.meta.events.register(
        "provide-client-params.dynamodb.GetItem", lambda params, **_: asked.append(params)
    )

    ledger.holds(make_claim())

    # moto answers alike either way; AWS might answer with a claim that is no longer held.
    assert [params["ConsistentRead"] for params in asked] == [True]


def test_a_claim_and_a_commit_cost_one_call_each(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    called: list[str] = []
    ledger.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: called.append(model.name)
    )

    ledger.claim(make_claim())
    ledger.commit(make_commit())

    assert called == ["UpdateItem", "TransactWriteItems"]
