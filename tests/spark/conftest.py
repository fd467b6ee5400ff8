"""One Spark session for all tests; the PostgreSQL is that of every other test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ops.local.java import java_home

ROOT = Path(__file__).parents[2]
# Python's processes of Spark import what the tests import.
os.environ.update(
    JAVA_HOME=str(java_home()),
    PYSPARK_PYTHON=sys.executable,
    PYTHONPATH=str(ROOT),
    SPARK_LOCAL_IP="127.0.0.1",
)
# Few and small, since two cores run everything.
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
    "spark.driver.memory": "1g",
    # How often a query says that it is idle, in milliseconds.
    "spark.sql.streaming.noDataProgressEventInterval": "200",
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    folder = tmp_path_factory.mktemp("spark")
    session = builder.config("spark.local.dir", str(folder)).getOrCreate()
    yield session
    session.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            # PySpark leaves closing its sockets to the garbage collector.
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )
