"""What the readers of anomalies, runs and the ledger must do, of the fakes and DynamoDB alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.anomalies.ports import Anomalies
from chalicelib.aws.anomalies import DynamoAnomalies
from chalicelib.aws.anomaly_reader import DynamoAnomalyReader
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.ledger_reader import DynamoLedgerReader
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.aws.run_reader import DynamoRunReader
from chalicelib.aws.runs import DynamoRuns
from chalicelib.model import instant
from chalicelib.model.anomaly import Anomaly, KeptAnomaly, Metric, Withheld
from chalicelib.process.ports import BatchLedger
from chalicelib.query.ports import (
    AnomalyReader,
    CheckpointReader,
    JudgementReader,
    LedgerReader,
    RunReader,
)
from chalicelib.rollup.ports import Runs
from chalicelib.transform.ports import LedgerWriter
from tests.builders import NOON, NOON_MS, make_anomaly
from tests.contract.conftest import AGGREGATES_TABLE, ANOMALIES_TABLE, BATCHES_TABLE, METRICS_TABLE
from tests.contract.test_batch_ledger import SHARD, make_claim, make_commit, make_row
from tests.contract.test_runs import make_run
from tests.fakes import FakeLedger
from tests.unit.query.fakes import FakeAnomalyReader, FakeLedgerReader, FakeRunReader
from tests.unit.rollup.fakes import FakeAnomalies, FakeRuns

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

FOUND_AT = instant.to_text(NOON_MS)
END = "2026-12-01"


@pytest.fixture(params=["fake", "dynamodb"])
def client(request: pytest.FixtureRequest) -> DynamoDBClient | None:
    if request.param == "fake":
        return None
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return client


def table(client: DynamoDBClient, name: str) -> Table:
    return Table(client, name, ReadMeter(most=1_000))


@pytest.fixture
def anomalies(
    client: DynamoDBClient | None,
) -> tuple[Anomalies, FakeAnomalyReader | DynamoAnomalyReader]:
    if client is None:
        fake = FakeAnomalies()
        return fake, FakeAnomalyReader(fake)
    reader = DynamoAnomalyReader(table(client, ANOMALIES_TABLE))
    return DynamoAnomalies(client, ANOMALIES_TABLE), reader


@pytest.fixture
def runs(client: DynamoDBClient | None) -> tuple[Runs, RunReader]:
    if client is None:
        fake = FakeRuns()
        return fake, FakeRunReader(fake)
    reader = DynamoRunReader(table(client, AGGREGATES_TABLE))
    return DynamoRuns(client, AGGREGATES_TABLE), reader


@pytest.fixture
def ledger(client: DynamoDBClient | None) -> tuple[LedgerWriter, LedgerReader]:
    if client is None:
        fake = FakeLedger()
        return fake, FakeLedgerReader(fake)
    reader = DynamoLedgerReader(table(client, BATCHES_TABLE))
    return DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE), reader


def keep(anomalies: Anomalies, *found: Anomaly, gone: tuple[Anomaly, ...] = ()) -> None:
    for hour in {anomaly.hour for anomaly in (*found, *gone)}:
        anomalies.claim(hour, 1)
        of_hour = [anomaly for anomaly in found if anomaly.hour == hour]
        anomalies.replace(hour, 1, of_hour, gone, NOON_MS)


def test_anomalies_of_a_metric_come_newest_first(
    anomalies: tuple[Anomalies, AnomalyReader],
) -> None:
    writer, reader = anomalies
    found = [make_anomaly(hour=NOON.plus(n)) for n in range(5)]
    keep(writer, *found, make_anomaly(metric=Metric.LATENCY))

    bounds = found[1].hour.window_start, found[3].hour.window_start + "\uffff"
    newest = reader.newest(Metric.VOLUME, *bounds, 2)

    assert [kept.anomaly for kept in newest] == found[3:0:-1]


def test_a_key_bounds_anomalies_within_their_hour(
    anomalies: tuple[Anomalies, AnomalyReader],
) -> None:
    writer, reader = anomalies
    keep(writer, *(make_anomaly(event_type=name) for name in ("_all", "click", "view")))

    last = f"{NOON.window_start}#click#above"
    newest = list(reader.newest(Metric.VOLUME, NOON.window_start, last, 5))

    assert [kept.anomaly.event_type for kept in newest] == ["click", "_all"]
    assert newest[0].key == last


def test_what_became_of_an_anomaly_is_known(
    anomalies: tuple[Anomalies, AnomalyReader],
) -> None:
    writer, reader = anomalies
    told, gone, muted = (
        make_anomaly(event_type=name, withheld=withheld)
        for name, withheld in (("a", None), ("b", None), ("c", Withheld.MUTED))
    )
    keep(writer, told, gone, muted)
    writer.notified(told, "alert-1", NOON_MS + 1)
    keep(writer, told, muted, gone=(gone,))

    newest = list(reader.newest(Metric.VOLUME, NOON.window_start, END, 9))

    assert newest == [
        KeptAnomaly(anomaly=muted, found_at=FOUND_AT),
        KeptAnomaly(anomaly=gone, found_at=FOUND_AT, withdrawn_at=FOUND_AT),
        KeptAnomaly(
            anomaly=told,
            found_at=FOUND_AT,
            alert_id="alert-1",
            alerted_at=instant.to_text(NOON_MS + 1),
        ),
    ]


def test_the_marks_that_were_judged_are_known(
    anomalies: tuple[Anomalies, JudgementReader],
) -> None:
    writer, reader = anomalies
    for hour in (NOON.plus(-1), NOON, NOON.plus(1)):
        writer.claim(hour, 3)
    writer.finish(NOON.plus(-1), 3)
    writer.finish(NOON, 3)

    assert reader.judged(NOON, NOON.plus(2)) == {NOON: 3}


def test_a_run_comes_back_as_it_was_recorded(runs: tuple[Runs, RunReader]) -> None:
    writer, reader = runs
    run = make_run(error="BadRequest", judging_error="Throttled", publishing_error="Gone")
    writer.record(run)

    assert list(reader.newest("2026-11-20", END, 5)) == [run]


def test_runs_come_newest_first(runs: tuple[Runs, RunReader]) -> None:
    writer, reader = runs
    recorded = [make_run(f"run-{n}", f"2026-11-20T1{n}:00:00.000Z") for n in range(5)]
    for run in recorded:
        writer.record(run)

    last = "2026-11-20T13:00:00.000Z#run-3"
    newest = reader.newest("2026-11-20T11:00:00.000Z", last, 2)

    assert list(newest) == recorded[3:0:-1]


def test_the_ledger_of_a_shard_comes_newest_first(
    ledger: tuple[LedgerWriter, LedgerReader],
) -> None:
    writer, reader = ledger
    rows = [
        make_row(batch_id=f"b{n}", processed_at=f"2026-11-20T1{n}:00:00.000Z") for n in range(5)
    ]
    for row in [*rows, make_row(shard_id="other")]:
        writer.append(row)

    newest = reader.newest(SHARD, rows[1].processed_at, rows[3].processed_at, 2)

    assert list(newest) == rows[3:0:-1]


def test_rows_of_one_instant_all_come(ledger: tuple[LedgerWriter, LedgerReader]) -> None:
    writer, reader = ledger
    for n in range(5):
        writer.append(make_row(batch_id=f"b{n}"))

    found = {row.batch_id for row in reader.newest(SHARD, "2026-11-20", END, 2)}

    assert found == {"b0", "b1", "b2", "b3", "b4"}


def test_nothing_lies_between_bounds_that_are_out_of_order(
    anomalies: tuple[Anomalies, AnomalyReader],
    runs: tuple[Runs, RunReader],
    ledger: tuple[LedgerWriter, LedgerReader],
) -> None:
    assert list(anomalies[1].newest(Metric.VOLUME, "b", "a", 5)) == []
    assert list(runs[1].newest("b", "a", 5)) == []
    assert list(ledger[1].newest(SHARD, "b", "a", 5)) == []


@pytest.fixture
def checkpoints(client: DynamoDBClient | None) -> tuple[BatchLedger, CheckpointReader]:
    if client is None:
        fake = FakeLedger()
        return fake, FakeLedgerReader(fake)
    reader = DynamoLedgerReader(table(client, BATCHES_TABLE))
    return DynamoBatchLedger(client, BATCHES_TABLE, METRICS_TABLE), reader


def test_a_checkpoint_says_when_the_newest_batch_was_processed(
    checkpoints: tuple[BatchLedger, CheckpointReader],
) -> None:
    ledger, reader = checkpoints
    ledger.claim(make_claim())
    ledger.commit(make_commit(None, "1"))

    assert reader.committed_at([SHARD]) == {SHARD: make_commit(None, "1").row.processed_at}
    assert reader.committed_at([]) == {}


def test_a_shard_without_a_batch_has_no_checkpoint(
    checkpoints: tuple[BatchLedger, CheckpointReader],
) -> None:
    ledger, reader = checkpoints
    ledger.claim(make_claim())

    assert reader.committed_at([SHARD, "another-shardId-000000000000"]) == {}
