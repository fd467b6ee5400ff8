"""What the quarantine's counters and objects must be read as, of the fakes and AWS alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.archive.quarantine_line import QuarantineLine
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.live_count_reader import DynamoLiveCountReader
from chalicelib.aws.objects import S3Objects
from chalicelib.aws.quarantine_reader import S3QuarantineReader
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.errors import ObjectMissing
from chalicelib.model.period import Period
from chalicelib.process import Limits, ProcessBatch
from chalicelib.query.ports import QuarantineCounts, QuarantineReader
from tests.builders import NOON, NOON_MS, make_record
from tests.contract.conftest import BATCHES_TABLE, METRICS_TABLE
from tests.fakes import FakeLedger, FakeObjects
from tests.unit.query.fakes import FakeLiveCountReader, FakeQuarantineReader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

BUCKET = "eventstream-local-raw"

type World = tuple[ProcessBatch, QuarantineCounts, QuarantineReader]


@pytest.fixture(params=["fake", "aws"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        archive, ledger = FakeObjects(), FakeLedger()
        process = make_process(archive, ledger)
        return process, FakeLiveCountReader(ledger), FakeQuarantineReader(archive)
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    objects, meter = S3Objects(s3, BUCKET), ReadMeter(most=1_000)
    process = make_process(objects, DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE))
    counts = DynamoLiveCountReader(Table(client, METRICS_TABLE, meter))
    return process, counts, S3QuarantineReader(objects, meter)


def make_process(
    archive: FakeObjects | S3Objects, ledger: FakeLedger | DynamoBatchLedger
) -> ProcessBatch:
    return ProcessBatch(
        archive=archive,
        ledger=ledger,
        clock=lambda: NOON_MS,
        sleep=lambda _: None,
        jitter=lambda: 0.0,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=0,
    )


def arrive(process: ProcessBatch, *payloads: bytes, first: int = 1, shard: int = 0) -> None:
    records = [
        make_record(n, payload, shard=f"shardId-00000000000{shard}", arrived_ms=NOON_MS)
        for n, payload in enumerate(payloads, first)
    ]
    process(records, lambda: 100_000)


def test_codes_are_summed_over_shards(world: World) -> None:
    process, counts, _ = world
    arrive(process, b"{", b"{}")
    arrive(process, b"{", shard=1)

    two_hours = Period(NOON, NOON.plus(2))
    assert counts.quarantined(two_hours) == {NOON: {"invalid_json": 2, "missing_field": 1}}


def test_a_record_comes_back_as_it_was_kept(world: World) -> None:
    process, _, reader = world
    arrive(process, b"{")

    [key] = reader.keys(NOON)
    [record] = reader.records(key)

    assert record == QuarantineLine(
        code="invalid_json",
        reason=record.reason,
        stage="process",
        stream="eventstream-local-events",
        shard_id="shardId-000000000000",
        sequence_number="1".zfill(56),
        partition_key="usr_1",
        arrived_at="2026-11-20T12:00:00.000Z",
        payload=b"{",
    )


def test_the_objects_of_an_hour_are_listed_and_no_others(world: World) -> None:
    process, _, reader = world
    arrive(process, b"{")
    arrive(process, b"{", first=2)

    assert len(reader.keys(NOON)) == 2
    assert list(reader.keys(NOON.plus(-1))) == list(reader.keys(NOON.plus(1))) == []


def test_an_object_that_is_not_there_is_missing(world: World) -> None:
    _, _, reader = world

    with pytest.raises(ObjectMissing):
        reader.records("quarantine/none")
