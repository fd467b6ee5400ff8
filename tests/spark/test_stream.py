"""Whatever the streams deliver, and however the job is stopped, the tables are the oracle's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.postgres import Database, Databases
from tests.spark.job import Job, eventually
from tests.spark.traffic import by_shard, traffic
from tests.unit.postgres.laws import differences
from tests.unit.postgres.world import CHECKOUTS, CLICKS, Writer, make_click, stored

CHECKPOINTS = "SELECT shard, sequence FROM shard_checkpoints ORDER BY shard"


@pytest.fixture
def job(spark: SparkSession, tmp_path: Path, database: Database) -> Job:
    return Job(spark, tmp_path, database)


@pytest.fixture
def n_events(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--attribution-events"))


def test_late_repeated_and_unordered_records_give_what_the_functions_give(
    job: Job, n_events: int, databases: Databases
) -> None:
    sent = traffic(n_events)
    job.files.put(sent, per_file=max(50, n_events // 8))
    job.run()

    assert differences(job.database, sent) == []
    assert job.sum_of("records") == len(sent)
    # In one micro-batch, nothing would meet what is stored already.
    assert len(job.lines) >= 6
    other = databases.make()
    with closing(Writer(other)) as writer:
        assert [writer.attribute(own).failed_ids for own in by_shard(sent)] == [[]] * 4
    assert stored(other) == stored(job.database)
    assert other.rows(CHECKPOINTS) == job.database.rows(CHECKPOINTS)
    databases.drop(other)


def test_started_again_it_goes_on_where_it_was_stopped(job: Job) -> None:
    sent = traffic(600, seed=2)
    job.files.put(sent[:300], per_file=50)
    job.run()
    before = stored(job.database)
    job.files.put(sent[300:], per_file=50)
    job.run()

    assert before != stored(job.database)
    assert differences(job.database, sent) == []
    # Nothing was read twice.
    assert job.sum_of("records") == len(sent)


def test_an_idle_stream_holds_nothing_up(job: Job) -> None:
    """Nothing at all arrives from one, and from the other nothing after its first records."""
    sent = [make_click(id=f"k{n}", sequence=n) for n in range(1, 4)]
    job.files.put(sent)
    reads = "SELECT stream FROM stream_reads WHERE read_until > %s ORDER BY stream"
    with job.running() as queries:
        for query in queries:
            query.processAllAvailable()
        assert differences(job.database, sent) == []
        [[now]] = job.database.rows("SELECT now()")
        eventually(
            lambda: job.database.rows(reads, now) == [(CHECKOUTS,), (CLICKS,)],
            "the streams are not said to be idle",
        )

    # The one shard is old, and idle as soon as so little time counts.
    job.database.run("UPDATE attribution_settings SET idle_after = '1 microsecond'")
    assert job.database.rows("SELECT final_until > '2026-11-21' FROM finality") == [(True,)]
