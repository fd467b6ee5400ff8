"""Credits in the lake: Parquet under `model=…/day=…/run=…`, and the list of the runs that count.

A run writes its files in folders of its own, which nobody reads until its last step: one small
file in `runs`, with a row for each day. The newest run that is listed there is the one that a day
has, so that all days of a run change at once, and no reader sees half of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from glue import folders

RUNS = "runs"
RUN_SCHEMA = """
  model string, day string, run_id string, n_rows long, half_life_ms long, window_ms long,
  finished_at timestamp"""
# The run before the newest is what a query may be reading that began before the newest was listed.
KEPT_RUNS = 2
_INSTANTS = {"checked_out_ms": "checked_out_at", "clicked_ms": "clicked_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`run_id` begins with the instant of its start, so that a later run sorts behind."""

    run_id: str
    model: Model
    half_life_ms: int
    window_ms: int
    from_ms: int
    to_ms: int

    @property
    def days(self) -> Iterator[str]:
        for at in range(self.from_ms, self.to_ms, instant.DAY_MS):
            yield instant.to_text(at)[:10]


def write(spark: SparkSession, output: str, run: Run, credit: DataFrame) -> int:
    """Replace the credits of all days of a run; return how many rows they have now."""
    folder = output.rstrip("/")
    _write_credits(folder, run, credit)
    counts = _counts(spark, folder, run)
    rows = [(str(run.model), day, run.run_id, counts.get(day, 0), run.half_life_ms, run.window_ms)
            for day in run.days]  # fmt: skip
    schema = RUN_SCHEMA.rpartition(",")[0]
    listed = spark.createDataFrame(rows, schema).withColumn("finished_at", F.current_timestamp())
    # In one file, which is there as a whole or not at all.
    _parquet(listed.coalesce(1), f"{folder}/{RUNS}")
    _delete_old(spark, folder, run)
    return sum(counts.values())


def _write_credits(folder: str, run: Run, credit: DataFrame) -> None:
    at = F.timestamp_millis("checked_out_ms")
    rows = credit.select(
        *(F.timestamp_millis(name).alias(_INSTANTS[name]) if name in _INSTANTS else F.col(name)
          for name in credit.columns),
        F.lit(run.run_id).alias("run_id"),
        F.lit(str(run.model)).alias("model"),
        F.date_format(at, "yyyy-MM-dd").alias("day"),
        F.lit(run.run_id).alias("run"),
    )  # fmt: skip
    # Files of a sensible size, however the credits of a day are spread.
    _parquet(rows.hint("rebalance", F.col("day")), folder, "model", "day", "run")


def _parquet(rows: DataFrame, folder: str, *partitions: str) -> None:
    writer = rows.write.mode("append").option("compression", "snappy")
    writer = writer.option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    (writer.partitionBy(*partitions) if partitions else writer).parquet(folder)


def _counts(spark: SparkSession, folder: str, run: Run) -> dict[str, int]:
    """Count what was written, by day: what is listed is what can be read."""
    found = folders.matching(spark, f"{folder}/model={run.model}/day=*/run={run.run_id}")
    if not found:
        return {}
    rows = spark.read.option("basePath", folder).parquet(*found)
    return {str(day): n for day, n in rows.groupBy("day").count().collect()}


def _delete_old(spark: SparkSession, folder: str, run: Run) -> None:
    """Delete what is older than the run before this one, of the days that both have."""
    days = set(run.days)
    runs = spark.read.schema(RUN_SCHEMA).parquet(f"{folder}/{RUNS}")
    listed = runs.where((F.col("model") == str(run.model)) & F.col("day").isin(*days))
    kept: dict[str, set[str]] = {}
    for day, run_ids in listed.groupBy("day").agg(F.collect_set("run_id")).collect():
        kept[day] = set(sorted(run_ids)[-KEPT_RUNS:])
    for path in folders.matching(spark, f"{folder}/model={run.model}/day=*/run=*"):
        day, run_id = (part.partition("=")[2] for part in path.split("/")[-2:])
        # One that began later may be at work.
        if day in kept and run_id not in kept[day] and run_id < run.run_id:
            folders.delete(spark, path)
