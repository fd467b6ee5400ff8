"""The streaming job over files, and what it logs."""

from __future__ import annotations

import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from chalicelib.telemetry import Telemetry
from glue.stream import start
from glue.stream_arguments import StreamArguments
from tests.postgres import Database
from tests.spark.traffic import StreamFiles
from tests.unit.postgres.world import CHECKOUTS, CLICKS

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/{}"
DEADLINE_S = 120
# Loggers live as long as the process, and each job wants one of its own.
services = (f"job{number}" for number in itertools.count())


@dataclass
class Job:
    """The same checkpoints, files and database, however often it is run."""

    spark: SparkSession
    folder: Path
    database: Database
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.files = StreamFiles(self.folder / "streams", (CLICKS, CHECKOUTS))

    @property
    def argv(self) -> list[str]:
        given = {
            "STAGE": "local",
            "REGION": "us-east-1",
            "DATABASE_URL": self.database.url,
            "CLICK_STREAM_ARN": ARN.format(CLICKS),
            "CHECKOUT_STREAM_ARN": ARN.format(CHECKOUTS),
            "CHECKPOINTS": f"file://{self.folder}/checkpoints",
            "BATCH_SECONDS": "1",
            "SOURCE": f"files:{self.files.folder}",
        }
        return [word for name, value in given.items() for word in (f"--{name}", value)]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def sum_of(self, name: str) -> int:
        return sum(line.get(name, 0) for line in self.lines)

    def run(self) -> None:
        """Run until everything that is in the files is stored."""
        with self.running() as queries:
            for query in queries:
                query.processAllAvailable()

    @contextmanager
    def running(self) -> Iterator[list[Any]]:
        telemetry = Telemetry(next(services), "local", self.log)
        queries = list(start(self.spark, StreamArguments.of(self.argv), telemetry).values())
        try:
            yield queries
        finally:
            for query in queries:
                query.stop()

    @contextmanager
    def apart(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it in a process and a JVM of its own."""
        command = [sys.executable, "-m", "glue.stream", *self.argv]
        env = os.environ | {"SPARK_CONF_DIR": str(self.folder)}
        with (self.folder / "apart.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=env, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def jvm_of(process: subprocess.Popen[bytes]) -> int:
    """Return the process id of a driver's Java."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    [java] = [int(one) for one in children if b"java" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return java


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
