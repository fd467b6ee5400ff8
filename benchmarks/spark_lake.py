"""Lake files with clicks and checkouts alone, as transform writes them, in any number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chalicelib.lake import files, keys, schema
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS

FIRST = Hour.parse("2026-11-01T00")
N_HOURS = 48
CLICKS_PER_USER, CLICKS_PER_CHECKOUT = 10, 10
FULL_FILE = 100_000
REPEATED = 0.05
_STREAM, _SHARD = "eventstream-prod-clicks", "shardId-000000000000"


def make_lake(folder: Path, n_clicks: int) -> None:
    """Write two days; one record in twenty repeats an event, which was ingested earlier."""
    chance = np.random.default_rng(n_clicks)
    for number, hour in enumerate(FIRST.until(FIRST.plus(N_HOURS))):
        for event_type, share in (("click", 1), ("checkout", CLICKS_PER_CHECKOUT)):
            left = n_clicks // N_HOURS // share
            for part, start in enumerate(range(0, left, FULL_FILE)):
                n_rows = min(FULL_FILE, left - start)
                first = (number * 1_000 + part) * FULL_FILE
                rows = _rows(event_type, hour, n_rows, first, n_clicks // CLICKS_PER_USER, chance)
                name = f"{event_type}-{_STREAM}-{_SHARD}-{first:056d}{keys.SUFFIX}"
                path = folder / f"{keys.prefix_of(hour)}{name}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files.encode(rows))


def _rows(
    event_type: str, hour: Hour, n: int, first: int, n_users: int, chance: np.random.Generator
) -> pa.Table:
    n_repeats = int(n * REPEATED)
    # The first ones again: the same user, event and time, ingested later.
    which = np.concatenate([np.arange(n - n_repeats), np.arange(n_repeats)])
    numbers = pa.array(first + which).cast(pa.string())
    at_ms = np.sort(chance.integers(hour.start_ms, hour.start_ms + HOUR_MS, n))[which]
    late_ms = np.where(np.arange(n) < n - n_repeats, 500, 9_000)
    users = pa.array(chance.integers(0, n_users, n)[which]).cast(pa.string())
    sequences = pa.array(np.arange(first, first + n)).cast(pa.string())
    page = pa.array(chance.integers(0, 500, n)).cast(pa.string())
    tail = pc.binary_join_element_wise('{"campaign":"spring_', page, '","page":"/products"}', "")
    known = {
        "event_id": pc.binary_join_element_wise(event_type, numbers, "-"),
        "event_type": pa.repeat(event_type, n),
        "source": pa.repeat("web", n),
        "user_id": pc.binary_join_element_wise("usr_", pc.utf8_lpad(users, 10, "0"), ""),
        "timestamp": pa.array(at_ms, schema.INSTANT),
        "ingested_at": pa.array(at_ms + late_ms, schema.INSTANT),
        "is_error": pa.repeat(pa.scalar(value=False), n),
        "kinesis_stream": pa.repeat(_STREAM, n),
        "kinesis_shard_id": pa.repeat(_SHARD, n),
        "kinesis_sequence_number": pc.utf8_lpad(sequences, 56, "0"),
        "properties": tail,
    }
    if event_type == "checkout":
        known |= {
            "amount": pa.array(chance.uniform(0, 2_000, n).round(2)),
            "currency": pa.repeat("EUR", n),
        }
    columns = {field.name: pa.nulls(n, field.type) for field in schema.LAKE} | known
    return pa.table(columns, schema=schema.LAKE)
