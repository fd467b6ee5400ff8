"""The job's JVM is killed at the worst moments, and another run completes what it began."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.postgres import Database
from tests.spark.job import Job, eventually, jvm_of
from tests.spark.traffic import traffic
from tests.unit.postgres.laws import differences

# What the job has to wait for, by the moment at which it then stands still.
LOCKS = {
    "in_a_transaction": "attributed_checkouts",
    "after_a_commit_and_before_the_checkpoint": "stream_reads",
}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{}'::regclass"


@pytest.mark.parametrize("moment", LOCKS)
def test_a_killed_jvm_loses_nothing_and_doubles_nothing(
    spark: SparkSession, tmp_path: Path, database: Database, moment: str
) -> None:
    job = Job(spark, tmp_path, database)
    sent = traffic(300, seed=3)
    job.files.put(sent, per_file=100)
    table = LOCKS[moment]
    with database.connect() as holder, job.apart() as process:
        holder.execute(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
        waiting = WAITING.format(table)
        eventually(lambda: database.rows(waiting) != [(0,)], "the job never wrote")
        stored_before = database.rows("SELECT count(*) FROM raw_clicks")
        checkpoints = database.rows("SELECT count(*) FROM shard_checkpoints")
        os.kill(jvm_of(process), signal.SIGKILL)

    # No shard is ever recorded as read before its records are stored.
    assert checkpoints == [(0,)]
    assert (stored_before == [(0,)]) == (moment == "in_a_transaction")
    assert not list((tmp_path / "checkpoints").glob("*/commits/0"))
    job.run()
    assert differences(database, sent) == []
    assert job.sum_of("records") == len(sent)
