"""Make the lake files of one hour: what transform would have left there, without the transform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from chalicelib.lake import files, keys, schema
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS

HOUR = Hour.parse("2026-11-21T10")
TYPES = (
    *("page_view", "click", "checkout", "purchase", "transaction"),
    *("user_action", "metric", "system_event", "error", "exposure"),
)
_PRICED = frozenset({"checkout", "purchase", "transaction"})
# What one raw object holds at most, hence one lake file.
FULL_FILE = 10_000
_USERS = 200_000
_REPEATED = 0.01
_SHARDS = 4
_DASHES = (8, 13, 18, 23)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)

type Bytes = NDArray[np.uint8]


def make_hour(folder: Path, n_events: int, full_file: int = FULL_FILE, hour: Hour = HOUR) -> None:
    """Write full files of ten types, one row in a hundred a repeat.

    A repeat has the user and event_id of a row in the file before of its type.
    """
    chance = np.random.default_rng(hour.start_ms)
    n_files = max(len(TYPES), n_events // full_file)
    (folder / keys.prefix_of(hour)).mkdir(parents=True)
    for number, file in enumerate(_files(n_files, n_events // n_files, hour, chance)):
        name = f"{file.event_type}-eventstream-prod-events-{file.shard}-{number:056d}"
        path = folder / f"{keys.prefix_of(hour)}{name}{keys.SUFFIX}"
        path.write_bytes(files.encode(file.rows))


@dataclass(frozen=True, slots=True)
class _File:
    event_type: str
    shard: str
    rows: pa.Table


def _files(n_files: int, n_rows: int, hour: Hour, chance: np.random.Generator) -> Iterator[_File]:
    n_repeats = int(n_rows * _REPEATED)
    before: dict[str, tuple[pa.Array, pa.Array]] = {}
    for number in range(n_files):
        event_type = TYPES[number % len(TYPES)]
        ids, users = _uuids(n_rows, chance), _users(n_rows, chance)
        if event_type in before:
            n_new = n_rows - n_repeats
            old_ids, old_users = before[event_type]
            ids = pa.concat_arrays([ids[:n_new], old_ids[:n_repeats]])
            users = pa.concat_arrays([users[:n_new], old_users[:n_repeats]])
        before[event_type] = ids, users
        shard = f"shardId-{number % _SHARDS:012d}"
        yield _File(
            event_type, shard, _rows(number, event_type, shard, (ids, users), hour, chance)
        )


def _rows(
    number: int,
    event_type: str,
    shard: str,
    whose: tuple[pa.Array, pa.Array],
    hour: Hour,
    chance: np.random.Generator,
) -> pa.Table:
    ids, users = whose
    n = len(ids)
    at_ms = np.sort(chance.integers(hour.start_ms, hour.start_ms + HOUR_MS, n))
    latency = pa.array(chance.lognormal(4, 1, n).round(3), mask=chance.random(n) < 0.1)
    page = pa.array(chance.integers(0, 500, n)).cast(pa.string())
    tail = pc.binary_join_element_wise(
        '{"page":"/products/', page, '","referrer":"https://example.com/search"}', ""
    )
    if event_type == "exposure":
        tail = pa.repeat('{"experiment_id":"exp-1","page":"/","variant":"control"}', n)
    line = pc.binary_join_element_wise(
        '{"event_id":"', ids, f'","event_type":"{event_type}","source":"web","user_id":"', users,
        '","kinesis":{"stream":"eventstream-prod-events"},"properties":', tail, "}", "",
    )  # fmt: skip
    columns = {field.name: pa.nulls(n, field.type) for field in schema.LAKE} | {
        "event_id": ids,
        "event_type": pa.repeat(event_type, n),
        "source": pa.repeat("web", n),
        "user_id": users,
        "session_id": users,
        "timestamp": pa.array(at_ms, schema.INSTANT),
        "ingested_at": pa.array(at_ms + number, schema.INSTANT),
        "latency_ms": latency,
        "is_error": pa.array(chance.random(n) < 0.02),
        "kinesis_stream": pa.repeat("eventstream-prod-events", n),
        "kinesis_shard_id": pa.repeat(shard, n),
        "kinesis_sequence_number": _sequence_numbers(number * n, n),
        "kinesis_partition_key": users,
        "kinesis_arrived_at": pa.array(at_ms + number, schema.INSTANT),
        "processed_at": pa.repeat(pa.scalar(hour.start_ms, schema.INSTANT), n),
        "record_id": _hex(n, 64, chance),
        "properties": tail,
        "original_data": line,
    }
    if event_type in _PRICED:
        columns |= {
            "amount": pa.array(chance.uniform(0, 2_000, n).round(2)),
            "currency": pa.array(["EUR", "USD", "GBP"]).take(pa.array(chance.integers(0, 3, n))),
        }
    return pa.table(columns, schema=schema.LAKE)


def _uuids(n: int, chance: np.random.Generator) -> pa.StringArray:
    text = _hex_digits(n, 36, chance)
    text[:, _DASHES] = ord("-")
    return _texts(text)


def _hex(n: int, width: int, chance: np.random.Generator) -> pa.StringArray:
    return _texts(_hex_digits(n, width, chance))


def _hex_digits(n: int, width: int, chance: np.random.Generator) -> Bytes:
    return _HEX[chance.integers(0, 16, (n, width), dtype=np.uint8)]


def _users(n: int, chance: np.random.Generator) -> pa.StringArray:
    numbers = pa.array(chance.integers(0, _USERS, n)).cast(pa.string())
    return pc.binary_join_element_wise("usr_", pc.utf8_lpad(numbers, 8, "0"), "")


def _sequence_numbers(first: int, n: int) -> pa.StringArray:
    numbers = pa.array(np.arange(first, first + n)).cast(pa.string())
    head = "49590338271490256608559692538361571095921575"
    return pc.binary_join_element_wise(head, pc.utf8_lpad(numbers, 12, "0"), "")


def _texts(characters: Bytes) -> pa.StringArray:
    """Return the rows of a table of characters as texts."""
    n, width = characters.shape
    offsets = np.arange(0, n * width + 1, width, dtype=np.int32)
    text = np.ascontiguousarray(characters)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(text))
