"""What a micro-batch does to the database, and what it reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from chalicelib.model.attribution import ShardEnd
from chalicelib.model.measure import Measure
from chalicelib.model.shard_range import ShardRange
from chalicelib.postgres.stream_progress import PostgresStreamProgress
from glue import database as databases_of_jobs
from glue.sink import MicroBatch, Sink, writers
from tests.builders import NOON_MS
from tests.poison import POISON
from tests.postgres import Database, Databases
from tests.spark.job import eventually
from tests.spark.traffic import traffic
from tests.unit.postgres.laws import differences
from tests.unit.postgres.oracle import Sent
from tests.unit.postgres.world import CHECKOUTS, CLICKS, SHARD, make_checkout, make_click, stored

COLUMNS = "data binary, shard_id string, partition_key string, sequence string, arrived_ms long"
CHECKPOINTS = "SELECT shard, sequence::int FROM shard_checkpoints ORDER BY shard"


@dataclass
class FakeProgress:
    advanced: list[tuple[str, str, Sequence[ShardEnd]]] = field(default_factory=list)

    def advance(self, stream: str, read_until: str, ends: Sequence[ShardEnd]) -> None:
        self.advanced.append((stream, read_until, ends))


@dataclass
class World:
    """A sink whose batches are made by the test; all records are of one stream."""

    spark: SparkSession
    database: Database
    reports: list[MicroBatch] = field(default_factory=list)

    def sink(self, **changes: Any) -> Sink:
        where = databases_of_jobs.Database("us-east-1", self.database.url)
        sink = Sink(
            stream=CLICKS,
            database=where,
            progress=PostgresStreamProgress(where.conninfo),
            ranges=tuple,
            report=self.reports.append,
            clock=lambda: NOON_MS + 60_000,
        )
        return replace(sink, **changes)

    def batch(self, *rows: tuple[object, ...]) -> DataFrame:
        return self.spark.createDataFrame(list(rows), COLUMNS)


def row(one: Sent, body: bytes | None = None) -> tuple[object, ...]:
    data = json.dumps(one.body).encode() if body is None else body
    return (bytearray(data), one.shard, one.user, str(one.sequence), one.ingested)


@pytest.fixture
def world(spark: SparkSession, database: Database) -> World:
    return World(spark, database)


def test_a_batch_that_is_run_twice_changes_nothing_the_second_time(world: World) -> None:
    sent = [one for one in traffic(200, seed=4) if one.stream == CLICKS]
    checkouts = [
        make_checkout(id=f"o{n}", user=one.user, at=one.at, stream=CLICKS, sequence=1000 + n)
        for n, one in enumerate(sent[::4])
    ]
    sent += checkouts
    batch = world.batch(*map(row, sent))
    world.sink()(batch, 7)
    once = stored(world.database)
    world.sink()(batch, 7)

    assert differences(world.database, sent) == []
    assert stored(world.database) == once
    first, second = (report.figures for report in world.reports)
    assert first["attributed"] == len(checkouts)
    assert (second["attributed"], second["restated"]) == (0, 0)
    assert first["records"] == second["records"] == len(sent)


def test_poison_blocks_nothing_and_what_cannot_be_stored_is_quarantined(world: World) -> None:
    poison = [
        body if isinstance(body, bytes) else json.dumps(body).encode() for body in POISON.values()
    ]
    broken = [make_click(sequence=n) for n in range(10, 10 + len(poison))]
    nul = make_click(user="u\0", id="k2", sequence=2)
    good = [make_click(sequence=1), make_checkout(stream=CLICKS, sequence=99)]
    rows = [row(one, body) for one, body in zip(broken, poison, strict=True)]
    world.sink()(world.batch(*rows, row(nul), *map(row, good)), 1)

    assert differences(world.database, good) == []
    quarantined = "SELECT sequence::int, code, field FROM quarantined_records"
    assert world.database.rows(quarantined) == [(2, "nul_character", "user_id")]
    figures = world.reports[0].figures
    # Of a type that isn't attribution's, nothing else is looked at.
    assert figures["poison"] + figures["passed_over"] == len(poison)
    assert figures["unstorable"] == 1
    # They are read, and not waited for.
    assert world.database.rows(CHECKPOINTS) == [(f"{CLICKS}-{SHARD}", 99)]


def test_a_value_that_the_server_refuses_is_found_among_good_ones(world: World) -> None:
    world.database.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.campaign = 'bad' THEN RAISE data_exception; END IF; RETURN NEW; END $$;"
        " CREATE TRIGGER refuse BEFORE INSERT ON raw_clicks"
        " FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    good = [make_click(id=f"k{n}", sequence=n) for n in range(1, 6)]
    bad = make_click(id="bad", campaign="bad", sequence=6)
    world.sink()(world.batch(*map(row, [*good, bad])), 1)

    assert differences(world.database, good) == []
    assert world.reports[0].figures["unstorable"] == 1


def test_an_empty_batch_says_only_that_the_stream_was_read(world: World) -> None:
    progress = FakeProgress()
    world.sink(progress=progress, clock=lambda: NOON_MS)(world.batch(), 3)

    assert progress.advanced == [(CLICKS, "2026-11-20T12:00:00.000Z", [])]
    assert world.reports[0].figures.get("records", 0) == 0


def test_records_of_kinesis_get_the_shard_that_took_them(world: World) -> None:
    """The connector doesn't say which, but its number is part of what decides between repeats."""
    halves = [
        ShardRange("shardId-0", 0, 2**127 - 1, 0),
        ShardRange("shardId-1", 2**127, 2**128, 0),
    ]
    sent = [make_click(user=f"u{n}", sequence=n) for n in range(1, 9)]
    rows = [(data, None, *rest) for data, _, *rest in map(row, sent)]
    world.sink(ranges=lambda: halves)(world.batch(*rows), 1)

    found = world.database.rows("SELECT DISTINCT shard_id FROM raw_clicks ORDER BY 1")
    assert found == [("shardId-0",), ("shardId-1",)]


def test_a_write_that_fails_moves_no_checkpoint(world: World) -> None:
    progress = FakeProgress()
    nowhere = databases_of_jobs.Database("us-east-1", "postgresql://u@127.0.0.1:9/nowhere")
    sink = world.sink(progress=progress, database=nowhere, patience_s=0.1)

    with pytest.raises(Exception, match="StoreUnavailable"):
        sink(world.batch(row(make_click())), 1)
    assert progress.advanced == []
    assert world.reports == []


def test_it_waits_for_a_database_that_is_away(spark: SparkSession, databases: Databases) -> None:
    later = Database(databases.server, "later")
    made = Thread(target=_make_when_asked_for, args=(databases, later))
    made.start()
    world = World(spark, later)
    world.sink()(world.batch(row(make_click())), 1)
    made.join()

    assert differences(later, [make_click()]) == []
    assert world.reports[0].figures["retries"] >= 1
    databases.drop(later)


def _make_when_asked_for(databases: Databases, database: Database) -> None:
    log = databases.server.log_file
    refused = f'database "{database.name}" does not exist'
    eventually(lambda: refused in log.read_text(), "nobody has connected")
    databases.make(name=database.name)


def test_a_report_has_the_metrics_of_the_functions() -> None:
    figures = {"records": 3, "attributed": 2, "restated": 1, "lag_ms": 40, "retries": 5}
    batch = MicroBatch(CHECKOUTS, figures)

    assert batch.line["stream"] == CHECKOUTS
    assert {name: value for name, value in batch.measures.items() if value} == {
        Measure.RECORDS_PROCESSED: 3,
        Measure.CHECKOUTS_ATTRIBUTED: 2,
        Measure.CHECKOUTS_RESTATED: 1,
        Measure.ATTRIBUTION_LAG: 40,
        Measure.CHUNK_RETRIES: 5,
    }


def test_the_lag_is_that_of_the_slowest_shard(world: World) -> None:
    sent = [
        make_click(ingested=NOON_MS),
        make_click(id="k2", ingested=NOON_MS + 50_000, shard="shardId-1"),
    ]
    world.sink(clock=lambda: NOON_MS + 60_000)(world.batch(*map(row, sent)), 1)

    assert world.reports[0].figures["lag_ms"] == 60_000


@pytest.mark.parametrize(("cores", "connections"), [(0, 1), (4, 4), (1000, 8)])
def test_connections_are_bounded_however_large_the_cluster(cores: int, connections: int) -> None:
    assert writers(cores) == connections
