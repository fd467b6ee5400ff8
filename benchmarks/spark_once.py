"""`python -m benchmarks.spark_once MODEL CLICKS…`: attribute lakes of these sizes, one by one.

It runs in .venv-spark. Prints a line of JSON for each: the CPU seconds of the JVM and of Python
below it, and each stage's shuffle.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it ships no types
from pyspark.sql import SparkSession

from benchmarks.spark_lake import FIRST, N_HOURS, make_lake
from chalicelib.model.attribution_report import Model
from glue.batch import AttributeRange, new_run_id
from glue.request import Request, Target
from ops.local.java import java_home

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
    "spark.driver.memory": "2g",
    "spark.log.level": "ERROR",
}
WARM_UP = 20_000


def main() -> None:
    model, sizes = Model(sys.argv[1]), map(int, sys.argv[2:])
    os.environ.update(
        JAVA_HOME=str(java_home()), PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1"
    )
    with tempfile.TemporaryDirectory() as folder:
        spark = _session(folder)
        # The first jobs of a JVM compile what the others use.
        for n_clicks in (WARM_UP, WARM_UP, *sizes):
            lake = Path(folder, "lake")
            make_lake(lake, n_clicks)
            measured = {"clicks": n_clicks, **_measured(spark, lake, model)}
            shutil.rmtree(lake)
            if n_clicks != WARM_UP:
                print(json.dumps(measured), flush=True)
        spark.stop()


def _session(folder: str) -> SparkSession:
    builder = SparkSession.builder.master("local[2]").config("spark.local.dir", folder)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    return session


def _attribute(spark: SparkSession, folder: Path, model: Model) -> int:
    report = AttributeRange(spark, new_run_id)(
        Request(
            stage="benchmark",
            target=Target.LAKE,
            from_ms=FIRST.start_ms,
            to_ms=FIRST.plus(N_HOURS).start_ms,
            lake=f"file://{folder}/events/",
            output=f"file://{folder}/attribution",
            model=model,
        )
    )
    return report.figures["rows"]


def _measured(spark: SparkSession, folder: Path, model: Model) -> dict[str, Any]:
    known = {stage.stageId() for stage in _stages(spark)}
    start, cpu_start = time.perf_counter(), _cpu_s()
    n_rows = _attribute(spark, folder, model)
    return {
        "rows": n_rows,
        "wall_s": time.perf_counter() - start,
        "cpu_s": _cpu_s() - cpu_start,
        "shuffled": [
            {"records": stage.shuffleWriteRecords(), "bytes": stage.shuffleWriteBytes(),
             "spilled": stage.diskBytesSpilled()}
            for stage in _stages(spark)
            if stage.stageId() not in known and stage.shuffleWriteRecords()
        ],
    }  # fmt: skip


def _cpu_s() -> float:
    """Return the CPU time of the JVM and of Python's processes below it."""
    below = psutil.Process().children(recursive=True)
    # Of its own, and of those that have ended.
    return float(sum(sum(one.cpu_times()[:4]) for one in below))


def _stages(spark: SparkSession) -> list[Any]:
    context = spark.sparkContext
    none = context._gateway.new_array(context._jvm.double, 0)  # noqa: SLF001
    store = context._jsc.sc().statusStore()  # noqa: SLF001
    listed = store.stageList(None, False, False, none, context._jvm.java.util.ArrayList())  # noqa: SLF001, FBT003
    found = [listed.apply(n) for n in range(listed.size())]
    return sorted(found, key=lambda stage: int(stage.stageId()))


if __name__ == "__main__":
    main()
