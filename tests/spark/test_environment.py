"""A session that starts, and a database that it can be compared with."""

from __future__ import annotations

from collections.abc import Iterator

from pyspark.sql import SparkSession

from tests.postgres import Database


def test_spark_has_the_version_that_glue_has(spark: SparkSession) -> None:
    assert spark.version.startswith("4.1.")
    assert spark.range(10).repartition(2).count() == 10


def test_python_processes_import_chalicelib(spark: SparkSession) -> None:
    def names(_: object) -> Iterator[str]:
        from chalicelib.attribution import part  # noqa: PLC0415  in the other process

        yield part.__name__

    found = spark.sparkContext.parallelize([1], 1).mapPartitions(names).collect()

    assert found == ["chalicelib.attribution.part"]


def test_the_database_is_migrated(database: Database) -> None:
    assert database.rows("SELECT final_until FROM finality") == [(None,)]
