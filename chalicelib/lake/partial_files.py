"""Partials as Parquet: one file an hour, of which a reader takes the kinds that it needs.

Columns: `kind`; `label`, of an exposure its experiment and variant and of another event its
currency; `user`, the 64-bit hash of the id; `at`, in milliseconds since the hour began; `n`, how
many events the row stands for; `n_amounts` and `n_values`, how many of them have an amount and a
value that can be counted; and their sums in millionths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Integers = NDArray[np.int64]

CODED = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("kind", CODED),
        ("label", CODED),
        ("user", pa.uint64()),
        ("at", pa.int32()),
        ("n", pa.int32()),
        ("n_amounts", pa.int32()),
        ("amount_micros", pa.int64()),
        ("n_values", pa.int32()),
        ("value_micros", pa.int64()),
    ]
)
# The layer's Arrow is built without zstd, lz4 and brotli.
_CODEC = "snappy"
_NAMES = SCHEMA.names
_RANDOM = frozenset({"user"})
_DISTINCT = _RANDOM | {"at"}


@dataclass(frozen=True, slots=True, eq=False)
class KindRows:
    """The rows of one kind: of an event type in ascending order of users, else of their labels.

    `label` is a position in `labels`; `at_ms` is in epoch milliseconds.
    """

    kind: str
    labels: list[str]
    label: NDArray[np.int32]
    user: NDArray[np.uint64]
    at_ms: Integers
    n: Integers
    n_amounts: Integers
    amount_micros: Integers
    n_values: Integers
    value_micros: Integers


def encode(kinds: Iterable[pa.Table]) -> bytes:
    """Write the rows of each kind as a row group of its own."""
    sink = pa.BufferOutputStream()
    writer = pq.ParquetWriter(
        sink,
        SCHEMA,
        compression={name: "none" if name in _RANDOM else _CODEC for name in _NAMES},
        use_dictionary=[name for name in _NAMES if name not in _DISTINCT],
        write_statistics=["kind"],
        store_schema=False,
    )
    with writer:
        for rows in kinds:
            if len(rows):
                writer.write_table(rows, row_group_size=len(rows))
    body: bytes = sink.getvalue().to_pybytes()
    return body


def read(body: bytes, hour: Hour, kinds: Collection[str]) -> list[KindRows]:
    """Read the rows of these kinds alone; a kind that the hour doesn't have is left out."""
    file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=["kind", "label"])
    groups = [(_kind_of(file, group), group) for group in range(file.num_row_groups)]
    return [_rows(file, group, kind, hour) for kind, group in groups if kind in kinds]


def _kind_of(file: pq.ParquetFile, group: int) -> str:
    kind: str = file.metadata.row_group(group).column(0).statistics.min
    return kind


def _rows(file: pq.ParquetFile, group: int, kind: str, hour: Hour) -> KindRows:
    table = file.read_row_group(group, _NAMES[1:], use_threads=False)
    label = table["label"].combine_chunks()
    if isinstance(label, pa.ChunkedArray):
        label = label.chunk(0)
    numbers = {name: table[name].to_numpy() for name in _NAMES[2:] if name != "at"}
    return KindRows(
        kind=kind,
        labels=label.dictionary.to_pylist(),
        label=label.indices.to_numpy(),
        at_ms=table["at"].to_numpy().astype(np.int64) + hour.start_ms,
        **numbers,
    )
