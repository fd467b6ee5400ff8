"""Folders of a file system, S3's included, as Spark sees them."""

from __future__ import annotations

from pyspark.sql import SparkSession


def matching(spark: SparkSession, pattern: str) -> list[str]:
    """Return the folders that match a pattern, which may be none."""
    path = _path(spark, pattern)
    found = _system(spark, path).globStatus(path)
    return sorted(str(status.getPath()) for status in found or [])


def delete(spark: SparkSession, folder: str) -> None:
    """Delete a folder with everything in it; without one there is nothing to do."""
    path = _path(spark, folder)
    _system(spark, path).delete(path, True)  # noqa: FBT003  the JVM's own signature


# PySpark offers no other way to list what isn't a table yet.
def _path(spark: SparkSession, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  of the JVM
    return spark.sparkContext._jvm.org.apache.hadoop.fs.Path(text)  # noqa: SLF001


def _system(spark: SparkSession, path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  of the JVM
    return path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())  # noqa: SLF001
