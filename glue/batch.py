"""The job that attributes any range of the lake: into PostgreSQL, into the lake, or to compare.

It can be interrupted, repeated and run while the streams are read: records that PostgreSQL has
change nothing there, and files in the lake are replaced as a whole.
"""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

from chalicelib.model.attribution import Unstorable
from chalicelib.model.measure import Measure
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from glue import compare, credit_files, transforms
from glue.arguments import ArgumentsRefused
from glue.database import Database
from glue.lake import Range, Records, records_of
from glue.log import logged
from glue.partition import patience
from glue.request import HOUR_WINDOW_MS, Request, Target
from glue.restore_rows import RestoreRows, StoredRow, checkouts_of, clicks_of
from glue.stored import Stored

JOB = "attribute_range"
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS",
    **transforms.SETTINGS,
}


@dataclass(frozen=True, slots=True)
class RangeReport:
    """What a run did, as its log line has it."""

    target: Target
    figures: Mapping[str, int]

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "range attributed", "target": str(self.target), **self.figures}

    @property
    def measures(self) -> Mapping[Measure, float]:
        names = {
            "records": Measure.RECORDS_PROCESSED,
            "unstorable": Measure.RECORDS_QUARANTINED,
            "attributed": Measure.CHECKOUTS_ATTRIBUTED,
            "restated": Measure.CHECKOUTS_RESTATED,
            "rows": Measure.ROWS_WRITTEN,
        }
        return {measure: self.figures.get(name, 0) for name, measure in names.items()}


@dataclass(frozen=True, slots=True)
class AttributeRange:
    """`new_run_id` names a run of target `lake`; later ones must sort behind earlier ones."""

    spark: SparkSession
    new_run_id: Callable[[], str]
    show: Callable[[str], None] = print

    def __call__(self, asked: Request) -> RangeReport:
        for name, value in SETTINGS.items():
            self.spark.conf.set(name, value)
        window_ms = self._window_ms(asked)
        wanted = Range(asked.from_ms, asked.to_ms, window_ms)
        records = records_of(self.spark, asked.lake, wanted)
        figures: Mapping[str, int]
        match asked.target:
            case Target.POSTGRES:
                figures = self._restore(asked.required_database, records)
            case Target.LAKE:
                figures = self._write(asked, records, window_ms)
            case Target.COMPARE:
                figures = self._compare(asked, records, wanted)
        return RangeReport(asked.target, figures)

    def _window_ms(self, asked: Request) -> int:
        """Use the database's own window, and weights that are the database's to the last bit."""
        if asked.database is None:
            return HOUR_WINDOW_MS
        stored = Stored(self.spark, asked.database.conninfo)
        window_ms = stored.window_ms()
        if asked.needs_weights:
            stored.check_weights(window_ms, asked.half_life_ms)
        return window_ms

    def _restore(self, database: Database, records: Records) -> Counter[str]:
        parts: list[tuple[DataFrame, Read]] = [
            (records.clicks.select(*transforms.CLICKS), clicks_of),
            (records.checkouts.select(*transforms.CHECKOUTS), checkouts_of),
            (records.unstorable, _unstorable_of),
        ]
        restored = self.spark.sparkContext.union(
            [rows.rdd.mapPartitions(partial(_restore, database, read)) for rows, read in parts]
        )
        figures: Counter[str] = Counter()
        for counts in restored.collect():
            figures.update(counts)
        figures["records"] = figures["clicks"] + figures["checkouts"]
        return figures

    def _write(self, asked: Request, records: Records, window_ms: int) -> dict[str, int]:
        run = credit_files.Run(
            run_id=self.new_run_id(),
            model=asked.model,
            half_life_ms=asked.half_life_ms,
            window_ms=window_ms,
            from_ms=asked.from_ms,
            to_ms=asked.to_ms,
        )
        credit = transforms.credits_of(
            _touched(records, window_ms), asked.model, asked.half_life_ms
        )
        return {"rows": credit_files.write(self.spark, asked.output, run, credit)}

    def _compare(self, asked: Request, records: Records, wanted: Range) -> dict[str, int]:
        stored = Stored(self.spark, asked.required_database.conninfo)
        found = _differences(stored, asked, records, wanted).persist(StorageLevel.DISK_ONLY)
        kinds = compare.summary(found)
        found.unpersist()
        for line in compare.lines(kinds):
            self.show(line)
        return {"differences": sum(one.count for one in kinds)}


type Read = Callable[[Iterable[Any]], Iterator[StoredRow]]


def _unstorable_of(rows: Iterable[Any]) -> Iterator[Unstorable]:
    return (Unstorable(*row) for row in rows)


def _restore(database: Database, read: Read, rows: Iterable[Any]) -> Iterator[Counter[str]]:
    """Restore the rows of a partition, whose users are in no other of their kind."""
    store = PostgresAttributionStore.open(database.conninfo)
    with closing(store.link):
        yield RestoreRows(store, patience())(read(rows))


def _touched(records: Records, window_ms: int) -> DataFrame:
    clicks = transforms.keep_earliest(records.clicks, "click_id")
    checkouts = transforms.keep_earliest(records.checkouts, "checkout_id")
    return transforms.touches(checkouts, clicks, window_ms)


def _differences(stored: Stored, asked: Request, records: Records, wanted: Range) -> DataFrame:
    """Compare every table, and the credits of the model that was asked for."""
    first_ms, from_ms, to_ms = wanted.first_click_ms, wanted.from_ms, wanted.to_ms
    n = stored.spark.sparkContext.defaultParallelism
    clicks = transforms.keep_earliest(records.clicks, "click_id")
    checkouts = transforms.keep_earliest(records.checkouts, "checkout_id")
    touched = transforms.touches(checkouts, clicks, wanted.window_ms)
    of_clicks, of_checkouts = ["user_id", "click_id"], ["user_id", "checkout_id"]
    found = [
        compare.unseen_users(_seen(records), stored.table("users", from_ms, to_ms, n)),
        compare.differences(
            "raw_clicks", clicks.select(*transforms.CLICKS),
            stored.table("raw_clicks", first_ms, to_ms, n), of_clicks,
        ),
        compare.differences(
            "raw_checkouts", checkouts.select(*transforms.CHECKOUTS),
            stored.table("raw_checkouts", from_ms, to_ms, n), of_checkouts,
        ),
        compare.differences(
            "attributed_checkouts", transforms.first_clicks(touched),
            stored.table("attributed_checkouts", from_ms, to_ms, n), of_checkouts,
        ),
        compare.differences(
            f"attribution_credits, {asked.model}",
            transforms.credits_of(touched, asked.model, asked.half_life_ms),
            stored.credits(asked.model, asked.half_life_ms, from_ms, to_ms, n),
            [*of_checkouts, "click_id"],
        ),
    ]  # fmt: skip
    whole, *others = found
    for one in others:
        whole = whole.unionAll(one)
    return whole


def _seen(records: Records) -> DataFrame:
    clicks = records.clicks.select("user_id", F.col("clicked_ms").alias("at_ms"))
    return clicks.unionAll(records.checkouts.select("user_id", "checked_out_ms"))


def new_run_id() -> str:
    """Return a name that begins with the current instant, for Spark's folders and for sorting."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4().hex[:8]}"  # noqa: TID251  the job's own clock


def main(argv: Sequence[str]) -> int:
    """Attribute a range; return 0, 1 if a comparison found differences, or 2 if refused."""
    try:
        asked = Request.of(argv)
    except ArgumentsRefused as refused:
        sys.stderr.writelines(f"{error}\n" for error in refused.errors)
        return 2
    reports: list[RangeReport] = []
    spark = SparkSession.builder.appName(JOB).getOrCreate()

    def work(telemetry: Any) -> None:
        reports.append(AttributeRange(spark, new_run_id)(asked))
        telemetry.report(reports[0])

    logged(JOB, asked.stage, asked.run_id, work)
    return 1 if reports[0].figures.get("differences") else 0


if __name__ == "__main__" and (status := main(sys.argv[1:])):
    # Otherwise it simply ends, which is certainly a success to Glue.
    sys.exit(status)
