"""The columns of the lake; the Glue table and `athena/create_tables.sql` have the same."""

from __future__ import annotations

import pyarrow as pa

# For callers that only pass columns on and need no Arrow themselves.
type Table = pa.Table
type Column = pa.ChunkedArray

TEXT = pa.string()
NUMBER = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("ms", "UTC")
VARIANTS = pa.map_(TEXT, TEXT)

_KINESIS = {
    "stream": TEXT,
    "shard_id": TEXT,
    "sequence_number": TEXT,
    "partition_key": TEXT,
    "arrived_at": INSTANT,
}
_ENVELOPE = {
    "event_id": TEXT,
    "event_type": TEXT,
    "source": TEXT,
    "user_id": TEXT,
    "session_id": TEXT,
    "timestamp": INSTANT,
    "ingested_at": INSTANT,
    "latency_ms": NUMBER,
    "amount": NUMBER,
    "currency": TEXT,
    "value": NUMBER,
    "is_error": FLAG,
}

# What process adds of experiments, in lines of those events alone. Files from before have none.
_MARKS = {"seconds_since_exposure": NUMBER, "experiments_error": TEXT}
MARKS = pa.schema(list(_MARKS.items()))
EXPERIMENTS = pa.field("experiments", VARIANTS)

# A raw line's typed head, as it is nested there, without the map of experiments.
HEAD = pa.schema(
    [*_ENVELOPE.items(), ("kinesis", pa.struct(list(_KINESIS.items()))), *_MARKS.items()]
)
NULLABLE = frozenset({"session_id", "latency_ms", "amount", "currency", "value"})

# The same, flattened as in the lake.
TYPED = pa.schema(
    [*_ENVELOPE.items(), *((f"kinesis_{name}", kind) for name, kind in _KINESIS.items())]
)

# What transform adds; null if an event's type has no such value.
DERIVED = pa.schema(
    [
        ("transaction_date", DAY),
        ("amount_category", TEXT),
        ("is_high_value", FLAG),
        ("action_date", DAY),
        ("session_category", TEXT),
        ("metric_date", DAY),
        ("value_category", TEXT),
        ("is_out_of_range", FLAG),
        ("processed_at", INSTANT),
        ("processing_source", TEXT),
        ("processing_stage", TEXT),
        ("processing_version", TEXT),
    ]
)

# The raw line itself: its SHA-256, its free tail, all of it.
TEXTS = pa.schema([("record_id", TEXT), ("properties", TEXT), ("original_data", TEXT)])

LAKE = pa.schema([*TYPED, *DERIVED, *TEXTS, EXPERIMENTS, *MARKS])
