"""An hour's lake files as columns of numbers, with the rows that repeat an event marked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chalicelib.lake import exposures, repeats, sealed, text_hash
from chalicelib.lake.keys import LakeKey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    type Codes = NDArray[np.int32]
    type Flags = NDArray[np.bool_]
    type Hashes = NDArray[np.uint64]
    type Instants = NDArray[np.int64]

# For callers that may not import Arrow: what `read_file` returns and `join` takes.
type FileRows = pa.Table

# They have few distinct values, so that they cost one code per row.
_CODED = ("event_type", "user_id", "currency", "kinesis_stream", "kinesis_shard_id")
_TEXT = pa.dictionary(pa.int32(), pa.string())
_READ = pa.schema(
    [
        *((name, _TEXT) for name in _CODED),
        ("event_id", pa.string()),
        ("ingested_at", pa.timestamp("ms", "UTC")),
        ("latency_ms", pa.float64()),
        ("amount", pa.float64()),
        ("is_error", pa.bool_()),
        ("kinesis_sequence_number", pa.string()),
    ]
)
# What only experiments need, besides the exposure that each row may be.
_MOMENTS = pa.schema([*_READ, ("timestamp", pa.timestamp("ms", "UTC")), ("value", pa.float64())])
_EXPOSURE = "exposure"
# An hour without files has these columns, too.
_NOTHING = repeats.prepared(_READ.empty_table())
_NOTHING_WITH_MOMENTS = repeats.prepared(_MOMENTS.empty_table()).append_column(
    pa.field(_EXPOSURE, exposures.LABEL), pa.array([], exposures.LABEL)
)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of text as positions among its distinct values; -1 where it is null."""

    names: list[str]
    codes: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """When each row happened, its `value`, and what it exposed its user to."""

    at_ms: Instants
    value: Floats
    exposure: Coded


@dataclass(frozen=True, slots=True, eq=False)
class HourRows:
    """Each array has one value per row, NaN for a null number; users are codes from 0 on.

    Only `user_hash` has one value per code: `text_hash` of the user's id.

    `is_repeat` marks the rows whose (user_id, event_id) has another row that is earlier by
    (ingested_at, stream, shard, sequence number).

    `moments` are None unless the files were read with them.
    """

    event_type: Coded
    currency: Coded
    user: Codes
    user_hash: Hashes
    latency_ms: Floats
    amount: Floats
    is_error: Flags
    is_repeat: Flags
    moments: Moments | None = None

    def __len__(self) -> int:
        return len(self.is_error)

    def n_by_type(self) -> dict[str, int]:
        """Count the rows of each type, repeats among them."""
        codes, counts = np.unique(self.event_type.codes, return_counts=True)
        names = self.event_type.names
        pairs = zip(codes.tolist(), counts.tolist(), strict=True)
        return {names[code]: count for code, count in pairs}


def read_file(body: bytes, *, with_moments: bool = False) -> FileRows:
    """Read only the columns that a rollup needs from one small file."""
    file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=list(_CODED))
    columns = _MOMENTS.names if with_moments else _READ.names
    table = repeats.prepared(file.read(columns=columns, use_threads=False))
    return table.append_column(_EXPOSURE, exposures.labels(file)) if with_moments else table


def read_sealed(
    body: bytes, replaced: Collection[LakeKey], *, with_moments: bool = False
) -> FileRows:
    """Read the same of a sealed file, without the rows of raw objects that have a small file."""
    options = {"read_dictionary": [*_CODED, sealed.RAW_FIRST]}
    file = pq.ParquetFile(pa.BufferReader(body), **options)
    columns = _MOMENTS.names if with_moments else _READ.names
    read = [*columns, sealed.RAW_FIRST] if replaced else columns
    rows = file.read(columns=read, use_threads=False)
    if with_moments:
        rows = rows.append_column(_EXPOSURE, exposures.labels(file))
    rows = sealed.besides(rows, replaced)
    table = repeats.prepared(rows.select(columns))
    return table.append_column(_EXPOSURE, rows[_EXPOSURE]) if with_moments else table


def join(tables: Iterable[FileRows], *, with_moments: bool = False) -> HourRows:
    """Join the rows of an hour's files."""
    nothing = _NOTHING_WITH_MOMENTS if with_moments else _NOTHING
    table = pa.concat_tables([nothing, *tables]).unify_dictionaries()
    numbers = {name: table[name].to_numpy() for name in ("latency_ms", "amount", "is_error")}
    event_type, currency = _coded(table["event_type"]), _coded(table["currency"])
    user = _codes(table["user_id"])
    user_hash = text_hash.hashes_of(table["user_id"].chunk(0).dictionary)
    moments = _moments(table) if with_moments else None
    # Drop columns that were converted, to save memory while looking for repeats.
    table = table.select(repeats.COLUMNS)
    return HourRows(
        event_type=event_type,
        currency=currency,
        user=user,
        user_hash=user_hash,
        is_repeat=repeats.repeats(table, user),
        moments=moments,
        **numbers,
    )


def _moments(table: pa.Table) -> Moments:
    return Moments(
        at_ms=table["timestamp"].cast("int64").to_numpy(),
        value=table["value"].to_numpy(),
        exposure=_coded(table[_EXPOSURE]),
    )


def _coded(column: pa.ChunkedArray) -> Coded:
    return Coded(column.chunk(0).dictionary.to_pylist(), _codes(column))


def _codes(column: pa.ChunkedArray) -> Codes:
    parts = [pc.fill_null(chunk.indices, -1).to_numpy() for chunk in column.chunks]
    return np.concatenate(parts).astype(np.int32, copy=False)
