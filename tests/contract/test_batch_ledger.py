"""What every BatchLedger and LedgerWriter must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.errors import CheckpointMoved
from chalicelib.model import live
from chalicelib.model.ledger import Commit, CounterDelta, CounterKey, LedgerRow
from chalicelib.process.ports import BatchLedger
from tests.builders import NOON
from tests.contract.conftest import BATCHES_TABLE, METRICS_TABLE
from tests.fakes import FakeLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

SHARD = "eventstream-local-events-shardId-000000000000"
KEY = live.hour_key("click", NOON.text, SHARD)


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


def make_commit(
    read: str | None = None, new: str = "1", counters: Mapping[CounterKey, int] | None = None
) -> Commit:
    return Commit(
        shard=SHARD,
        read_checkpoint=read,
        new_checkpoint=new,
        counters={
            key: CounterDelta({"n_records": n, "n_errors": 1}, 1_800_000_000)
            for key, n in (counters or {KEY: 2}).items()
        },
        row=make_row(batch_id=f"b{new}"),
    )


def test_a_shard_not_met_before_has_no_checkpoint(ledger: BatchLedger) -> None:
    assert ledger.checkpoint(SHARD) is None


def test_a_commit_advances_the_checkpoint(ledger: BatchLedger) -> None:
    ledger.commit(make_commit(None, "1"))
    ledger.commit(make_commit("1", "2"))

    assert ledger.checkpoint(SHARD) == "2"


@pytest.mark.parametrize("read", [None, "7"])
def test_a_commit_on_a_checkpoint_that_has_moved_changes_nothing(
    ledger: BatchLedger, read: str | None
) -> None:
    ledger.commit(make_commit(None, "1"))

    with pytest.raises(CheckpointMoved):
        ledger.commit(make_commit(read, "2"))

    assert ledger.checkpoint(SHARD) == "1"


def test_shards_have_checkpoints_of_their_own(ledger: BatchLedger) -> None:
    ledger.commit(make_commit())

    assert ledger.checkpoint("another") is None


def test_counters_add_up_over_commits_and_shards(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    other = live.hour_key("click", NOON.text, "another")
    quarantined = live.hour_key(live.QUARANTINED, NOON.text, SHARD)
    ledger.commit(make_commit(None, "1", {KEY: 2, other: 5, quarantined: 9}))
    ledger.commit(make_commit("1", "2", {KEY: 3}))

    counts = DynamoLiveCounts(ledger.client, ledger.metrics_table)

    assert counts.records_by_type(NOON) == {"click": 10}
    assert counts.records_by_type(NOON.plus(1)) == {}


def test_a_transaction_of_a_hundred_items_is_taken(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    keys = [live.hour_key(f"type_{n}", NOON.text, SHARD) for n in range(98)]

    ledger.commit(make_commit(counters=dict.fromkeys(keys, 1)))

    counts = DynamoLiveCounts(ledger.client, ledger.metrics_table)
    assert len(counts.records_by_type(NOON)) == 98


def test_rows_are_found_by_their_shard(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
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


def test_the_checkpoint_is_read_consistently(request: pytest.FixtureRequest) -> None:
    ledger = dynamo(request)
    asked: list[dict[str, object]] = []
    ledger.client.meta.events.register(
        "provide-client-params.dynamodb.GetItem", lambda params, **_: asked.append(params)
    )

    ledger.checkpoint(SHARD)

    # moto answers alike either way; a stale checkpoint would make the commit fail for nothing.
    assert [params["ConsistentRead"] for params in asked] == [True]
