"""Clicks and checkouts of a range, as the lake has them: the rows that the Lambda path would read.

The lake holds what the process stage accepted, with amount and currency as attribution extracts
them. So nothing is checked again, and what is left to do is what the lake leaves to its readers:
sealed rows are replaced by small files, and text that PostgreSQL can't store is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

from chalicelib.attribution.read_row import Reason
from chalicelib.model import instant
from chalicelib.model.attribution import CHECKOUT, CLICK
from chalicelib.model.facts import MICRO
from glue import folders
from glue.transforms import CHECKOUTS, CLICKS, earliest_beside

SCHEMA = """
  event_id string, event_type string, source string, user_id string,
  `timestamp` timestamp, ingested_at timestamp, amount double, currency string,
  kinesis_stream string, kinesis_shard_id string, kinesis_sequence_number string,
  properties string, raw_first_sequence string,
  year string, month string, day string, hour string"""
_DAYS = "year=*/month=*/day=*"
# Small files begin with their type; the sealed file of an hour has all types.
_FILES = f"{{sealed,{CLICK}-*,{CHECKOUT}-*}}.parquet"
_SEALED = "/sealed.parquet"
# A repeat may have another time than its event's first record. So far beyond the range, records
# are read to see which of them was first.
REPEATED_WITHIN_MS = instant.DAY_MS
_NUL = "\0"


@dataclass(frozen=True, slots=True)
class Range:
    """Checkouts from `from_ms` to before `to_ms`, and the clicks in the window before them."""

    from_ms: int
    to_ms: int
    window_ms: int

    @property
    def first_click_ms(self) -> int:
        return self.from_ms - self.window_ms

    @property
    def read(self) -> tuple[int, int]:
        """From when to before when records are read."""
        return self.first_click_ms - REPEATED_WITHIN_MS, self.to_ms + REPEATED_WITHIN_MS


@dataclass(frozen=True, slots=True)
class Records:
    """All records of the events in a range, repeats included, hashed by user.

    `kept_ms` is when the record happened that is kept of the event. `unstorable` are those with a
    NUL in the text of `field`, which PostgreSQL refuses; they are in none of the others.
    """

    clicks: DataFrame
    checkouts: DataFrame
    unstorable: DataFrame


def records_of(spark: SparkSession, lake: str, wanted: Range) -> Records:
    """Read the events table in the folder `lake`; without files there are no rows."""
    rows = _rows(spark, lake.rstrip("/"), *wanted.read)
    clicks, checkouts = _clicks(rows), _checkouts(rows)
    unstorable = (_unstorable(clicks, "clicked_ms", wanted.first_click_ms, wanted.to_ms)).unionAll(
        _unstorable(checkouts, "checked_out_ms", wanted.from_ms, wanted.to_ms)
    )
    return Records(
        _within(clicks, CLICKS, wanted.first_click_ms, wanted.to_ms),
        _within(checkouts, CHECKOUTS, wanted.from_ms, wanted.to_ms),
        unstorable,
    )


def _rows(spark: SparkSession, lake: str, first_ms: int, end_ms: int) -> DataFrame:
    days = [day for day in folders.matching(spark, f"{lake}/{_DAYS}")
            if _is_between(day, first_ms, end_ms)]  # fmt: skip
    if not days:
        return spark.createDataFrame([], SCHEMA)
    # The files are not Spark's, so their days before 1582 are not of the Julian calendar.
    options = {"basePath": lake, "pathGlobFilter": _FILES, "datetimeRebaseMode": "CORRECTED"}
    rows = spark.read.schema(SCHEMA).options(**options).parquet(*days)
    at = F.unix_millis("timestamp")
    wanted = rows.where(
        F.col("event_type").isin(CLICK, CHECKOUT) & (at >= first_ms) & (at < end_ms)
    )
    return _without_replaced(wanted, rows.inputFiles())


def _is_between(folder: str, first_ms: int, end_ms: int) -> bool:
    year, month, day = (part.partition("=")[2] for part in folder.split("/")[-3:])
    start_ms = instant.from_text(f"{year}-{month}-{day}T00:00:00.000Z")
    return first_ms - instant.DAY_MS < start_ms < end_ms


def _without_replaced(rows: DataFrame, files: Iterable[str]) -> DataFrame:
    """Leave out sealed rows of raw objects that have a small file, even one without rows.

    The listing decides, from before any file is read. If a sealer deletes one of them meanwhile,
    reading fails, and the job can be run again.
    """
    origins = [(origin,) for origin in _origins(files)]
    if not origins:
        return rows
    parts = ("event_type", "kinesis_stream", "kinesis_shard_id", "raw_first_sequence")
    names = [text for part in parts for text in (F.lit("-"), F.col(part))]
    hour = [F.concat(F.lit(f"{name}="), F.col(name)) for name in ("year", "month", "day", "hour")]
    # Null for the rows of small files, which so have no match.
    origin = F.concat(F.concat_ws("/", *hour), F.lit("/"), *names[1:])
    replaced = rows.sparkSession.createDataFrame(origins, "replaced string")
    return rows.join(F.broadcast(replaced), origin == F.col("replaced"), "left_anti")


def _origins(files: Iterable[str]) -> Iterator[str]:
    """Name the raw objects that small files were made of, with their hours."""
    for file in files:
        if not file.endswith(_SEALED):
            yield "/".join(file.removesuffix(".parquet").rsplit("/", 5)[1:])


def _clicks(rows: DataFrame) -> DataFrame:
    texts = F.from_json("properties", "campaign string, page string").alias("texts")
    clicks = rows.where(F.col("event_type") == CLICK).select(
        *_head("click_id", "clicked_ms"), texts
    )
    return clicks.select("*", "texts.campaign", "texts.page").drop("texts")


def _checkouts(rows: DataFrame) -> DataFrame:
    # As Python does it: multiplied as floating-point numbers, and rounded half to even.
    micros = F.rint(F.col("amount") * float(MICRO)).cast("long").alias("micros")
    checkouts = rows.where(F.col("event_type") == CHECKOUT)
    return checkouts.select(*_head("checkout_id", "checked_out_ms"), micros, "currency")


def _head(id_name: str, at_name: str) -> list[Column]:
    return [
        F.col("user_id"),
        F.col("event_id").alias(id_name),
        F.unix_millis("timestamp").alias(at_name),
        F.unix_millis("ingested_at").alias("ingested_ms"),
        F.col("kinesis_stream").alias("stream"),
        F.col("kinesis_shard_id").alias("shard_id"),
        F.col("kinesis_sequence_number").alias("sequence"),
        F.col("source"),
    ]


def _within(rows: DataFrame, columns: tuple[str, ...], first_ms: int, end_ms: int) -> DataFrame:
    """Choose the events whose kept record is in a range, and return all records of them."""
    _, id_column, at_column = columns[:3]
    storable = rows.where(_fault(rows).isNull()).repartition("user_id")
    ranked = earliest_beside(storable, id_column, at_column)
    is_within = (F.col("kept_ms") >= first_ms) & (F.col("kept_ms") < end_ms)
    return ranked.where(is_within).select(*columns, "kept_ms")


def _unstorable(rows: DataFrame, at_column: str, first_ms: int, end_ms: int) -> DataFrame:
    at = F.col(at_column)
    chosen = rows.where(_fault(rows).isNotNull() & (at >= first_ms) & (at < end_ms))
    code = F.lit(str(Reason.NUL_CHARACTER)).alias("code")
    return chosen.select("stream", "shard_id", "sequence", code, _fault(rows).alias("field"))


def _fault(rows: DataFrame) -> Column:
    """Name the first column with a NUL, in the order of the tables; null without one."""
    texts = [name for name in ("user_id", "source", "campaign", "page") if name in rows.columns]
    return F.coalesce(*(F.when(F.contains(name, F.lit(_NUL)), F.lit(name)) for name in texts))
