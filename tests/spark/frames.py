"""Records of the oracle as DataFrames, and DataFrames as the oracle has its tables."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame, SparkSession

from chalicelib.model import instant
from glue.stored import SCHEMAS
from tests.unit.postgres.oracle import Sent


def make_clicks(spark: SparkSession, sent: Iterable[Sent]) -> DataFrame:
    rows = [(*_head(one), "web", one.campaign, None) for one in sent if one.kind == "click"]
    return spark.createDataFrame(rows, SCHEMAS["raw_clicks"]).repartition("user_id")


def make_checkouts(spark: SparkSession, sent: Iterable[Sent]) -> DataFrame:
    rows = [
        (*_head(one), "web", None if one.amount is None else round(one.amount * 1e6), None)
        for one in sent
        if one.kind == "checkout"
    ]
    return spark.createDataFrame(rows, SCHEMAS["raw_checkouts"]).repartition("user_id")


def _head(one: Sent) -> tuple[object, ...]:
    sequence = str(one.sequence).zfill(56)
    return (one.user, one.id, one.at, one.ingested, one.stream, one.shard, sequence)


def in_text(rows: Iterable[tuple[object, ...]], *columns: int) -> list[tuple[object, ...]]:
    """Sort rows as the oracle does, with instants as text in these columns."""
    return sorted(
        (tuple(_text(v) if n in columns else v for n, v in enumerate(row)) for row in rows),
        key=repr,
    )


def _text(value: object) -> str | None:
    return None if value is None else instant.to_text(int(str(value)))
