"""The job attribute-streams: does what attribute_clicks and attribute_checkouts do, on Spark.

Reads:     both streams, each by a query with a checkpoint of its own, so that neither holds the
           other up
Writes:    PostgreSQL's tables of attribution, with the statements of the functions
Fails:     whatever fails a query ends the job; started again, it goes on at its checkpoints
Repeats:   safe: of a repeated event the earliest record is kept
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial

from pyspark.sql import SparkSession
from pyspark.sql.streaming import StreamingQuery

from chalicelib.postgres.stream_progress import PostgresStreamProgress
from chalicelib.telemetry import Telemetry
from glue.arguments import ArgumentsRefused
from glue.idle import IdleListener
from glue.log import logged
from glue.sink import Sink
from glue.stream_arguments import StreamArguments

JOB = "attribute_streams"
SETTINGS = {
    # Neither query waits for all tasks of the other.
    "spark.scheduler.mode": "FAIR",
    "spark.sql.session.timeZone": "UTC",
    # A second attempt at a task would read the stream at the same time.
    "spark.speculation": "false",
    "spark.ui.showConsoleProgress": "false",
}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def session(settings: Mapping[str, str] = SETTINGS) -> SparkSession:
    builder = SparkSession.builder.appName(JOB)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def start(
    spark: SparkSession, arguments: StreamArguments, telemetry: Telemetry
) -> dict[str, StreamingQuery]:
    """Start a query for each stream, and return them by stream."""
    sinks = {stream: _sink(stream, arguments, telemetry) for stream in arguments.streams}
    queries = {}
    for stream, sink in sinks.items():
        writer = arguments.source.read(spark, stream).writeStream.queryName(stream)
        writer = writer.option("checkpointLocation", f"{arguments.checkpoints}/{stream}")
        writer = writer.trigger(processingTime=f"{arguments.batch_seconds} seconds")
        queries[stream] = writer.foreachBatch(sink).start()
    by_run = {str(query.runId): sinks[stream] for stream, query in queries.items()}
    spark.streams.addListener(IdleListener(by_run))
    return queries


def _sink(stream: str, arguments: StreamArguments, telemetry: Telemetry) -> Sink:
    return Sink(
        stream=stream,
        database=arguments.database,
        progress=PostgresStreamProgress(arguments.database.conninfo),
        ranges=arguments.ranges_of(stream),
        report=telemetry.report,
        clock=now_ms,
    )


def run(arguments: StreamArguments, telemetry: Telemetry) -> None:
    """Run until a query ends, which it does only by failing.

    Raises:
        StreamingQueryException: what failed it.
    """
    spark = session()
    try:
        start(spark, arguments, telemetry)
        spark.streams.awaitAnyTermination()
    finally:
        # Whatever the other query has under way is repeated by the next run.
        spark.stop()


def main(argv: Sequence[str]) -> int:
    """Return the exit status: 2 for wrong arguments."""
    try:
        arguments = StreamArguments.of(argv)
    except ArgumentsRefused as refused:
        sys.stderr.write("".join(f"{error}\n" for error in refused.errors))
        return 2
    logged(JOB, arguments.stage, arguments.run_id, partial(run, arguments))
    return 0


if __name__ == "__main__" and (status := main(sys.argv[1:])):
    # Glue takes any exit for a failure, also one with 0.
    sys.exit(status)
