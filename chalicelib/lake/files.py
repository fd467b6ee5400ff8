"""Lake files: Parquet as Athena reads it and the managed layer's Arrow can write it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from chalicelib.lake import schema

# A note in every file. Two files of equal rows, such as none, differ by it, and so have ETags of
# their own: a request that is meant for one of them never changes the other.
STAMP = "stamp"

# The layer's Arrow is built without zstd, lz4 and brotli.
_CODEC = "snappy"
# Random bytes: compressing them takes time and saves no space.
_RANDOM = frozenset({"event_id", "record_id"})
# Nearly every row has its own, so a dictionary would be built and then thrown away.
DISTINCT = _RANDOM | {
    "session_id",
    "timestamp",
    "ingested_at",
    "latency_ms",
    "kinesis_sequence_number",
    "kinesis_arrived_at",
    "properties",
    "original_data",
}
# Their minimum and maximum help no query, and would fill the footer with JSON.
_UNRANKED = frozenset({"record_id", "properties", "original_data"})

_NAMES = schema.LAKE.names
# A map is two columns of a file.
_MAP = schema.EXPERIMENTS.name
LEAVES = [
    *(name for name in _NAMES if name != _MAP),
    *(f"{_MAP}.key_value.{part}" for part in ("key", "value")),
]


def encode(rows: pa.Table, stamp: str = "") -> bytes:
    """Write lake rows as one small file, with a note that tells it from files of equal rows."""
    sink = pa.BufferOutputStream()
    writer = pq.ParquetWriter(
        sink,
        rows.schema,
        compression={name: "none" if name in _RANDOM else _CODEC for name in LEAVES},
        use_dictionary=[name for name in LEAVES if name not in DISTINCT],
        write_statistics=[name for name in LEAVES if name not in _UNRANKED],
        sorting_columns=[pq.SortingColumn(_NAMES.index("timestamp"))],
        # Parquet's own types say all that Arrow's would.
        store_schema=False,
    )
    with writer:
        writer.write_table(rows)
        writer.add_key_value_metadata({STAMP: stamp})
    body: bytes = sink.getvalue().to_pybytes()
    return body
