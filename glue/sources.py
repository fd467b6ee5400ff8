"""Where the streaming job reads from: Kinesis by Glue's connector, or files in a folder.

Either source gives these columns:

data           binary, what the producer put
shard_id       text; NULL from Kinesis, whose connector doesn't give it
partition_key  text
sequence       text, Kinesis' sequence number
arrived_ms     epoch milliseconds, when the stream received the record
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody calls them

# Bounds a micro-batch, so that a backlog is caught up in steps: each is a few seconds of work.
MAX_RECORDS_PER_SHARD = 50_000
MAX_FETCH_MS = 10_000
# How long the connector may take a stream's shards for what they were.
SHARDS_KNOWN_FOR = "10s"
TRIM_HORIZON = "TRIM_HORIZON"

# A line of JSON for each record, as Kinesis' API has it; `data` is base64.
FILE_SCHEMA = """
data string, shardId string, partitionKey string, sequenceNumber string,
approximateArrivalTimestamp long
"""


class Source(Protocol):
    def read(self, spark: SparkSession, stream: str) -> DataFrame:
        """Read a stream without end, in the columns of this module."""
        ...


@dataclass(frozen=True, slots=True)
class KinesisSource:
    """Glue's connector gives data, streamName, partitionKey, sequenceNumber and arrival.

    `starting_position` is TRIM_HORIZON or an instant, and used where there is no checkpoint.
    Empty batches are not avoided: they are how an idle stream says that it has been read.
    """

    region: str
    starting_position: str

    def read(self, spark: SparkSession, stream: str) -> DataFrame:
        reader = spark.readStream.format("kinesis").options(**self.options(stream))
        return reader.load().select(
            "data",
            F.lit(None).cast("string").alias("shard_id"),
            F.col("partitionKey").alias("partition_key"),
            F.col("sequenceNumber").alias("sequence"),
            F.unix_millis("approximateArrivalTimestamp").alias("arrived_ms"),
        )

    def options(self, stream: str) -> dict[str, str]:
        return {
            "streamName": stream,
            "endpointUrl": f"https://kinesis.{self.region}.amazonaws.com",
            "startingPosition": self.starting_position,
            "maxFetchTimeInMs": str(MAX_FETCH_MS),
            "maxFetchRecordsPerShard": str(MAX_RECORDS_PER_SHARD),
            "describeShardInterval": SHARDS_KNOWN_FOR,
            "avoidEmptyBatches": "false",
        }


@dataclass(frozen=True, slots=True)
class FileSource:
    """Reads the files in `<folder>/<stream>/`, the oldest first; they must not change."""

    folder: str
    files_per_batch: int = 2

    def read(self, spark: SparkSession, stream: str) -> DataFrame:
        reader = spark.readStream.schema(FILE_SCHEMA)
        lines = reader.option("maxFilesPerTrigger", str(self.files_per_batch)).json(
            f"{self.folder}/{stream}"
        )
        return lines.select(
            # What isn't base64 is poison like any other.
            F.coalesce(F.expr("try_to_binary(data, 'base64')"), F.lit(b"")).alias("data"),
            F.col("shardId").alias("shard_id"),
            F.col("partitionKey").alias("partition_key"),
            F.col("sequenceNumber").alias("sequence"),
            F.col("approximateArrivalTimestamp").alias("arrived_ms"),
        )
