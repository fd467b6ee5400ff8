"""The sealed file of an hour: a container of small files, a row group or more for each type.

A row names its raw object by event type, stream, shard and `raw_first_sequence`, a column that
small files do not have: their keys say it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chalicelib.errors import Unreadable
from chalicelib.lake import files, schema
from chalicelib.lake.keys import LakeKey
from chalicelib.lake.schema import Table

RAW_FIRST = "raw_first_sequence"
SEALED = schema.LAKE.append(pa.field(RAW_FIRST, schema.TEXT))
# What names a row's raw object, in the order of `LakeKey`.
ORIGIN = ("event_type", "kinesis_stream", "kinesis_shard_id", RAW_FIRST)

# Sizes of files are halved by it, compared with snappy; the layer's Arrow has nothing better.
_CODEC, _LEVEL = "gzip", 6
# The statistics of all columns would take half of a small hour's file.
_RANKED = (
    *("event_type", "source", "user_id", "timestamp", "ingested_at"),
    *("latency_ms", "amount", "value", "is_error"),
)
# So many rows are copied at once, in order of time: what a type takes in memory stays bounded.
GROUP_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class SealedFile:
    """`groups` are the numbers of each type's row groups."""

    file: pq.ParquetFile
    groups: dict[str, list[int]]

    @classmethod
    def open(cls, body: bytes, **options: object) -> SealedFile:
        """Open a file; the options are those of Arrow's reader.

        Raises:
            Unreadable: a row group is not of one type.
        """
        file = pq.ParquetFile(pa.BufferReader(body), **options)
        groups: dict[str, list[int]] = {}
        for number in range(file.num_row_groups):
            groups.setdefault(_type_of(file, number), []).append(number)
        return cls(file, groups)

    @property
    def event_types(self) -> Collection[str]:
        return self.groups.keys()

    def rows(self, event_type: str, replaced: Collection[LakeKey]) -> Table:
        """Read the rows of a type but for those of raw objects that have a small file."""
        numbers = self.groups.get(event_type, [])
        rows = _conforming(self.file.read_row_groups(numbers, use_threads=False))
        return besides(rows, replaced)


def besides(rows: Table, replaced: Collection[LakeKey]) -> Table:
    """Leave out the rows of raw objects that have a small file."""
    names = pa.array([key.origin for key in replaced], schema.TEXT)
    if not len(names) or not len(rows):
        return rows
    parts = [rows[name].cast(schema.TEXT) for name in ORIGIN]
    origins = pc.binary_join_element_wise(*parts, "-")
    return rows.filter(pc.invert(pc.is_in(origins, value_set=names)))


def small_rows(body: bytes, key: LakeKey) -> Table:
    """Read a small file as rows of the sealed one."""
    rows = pq.ParquetFile(pa.BufferReader(body)).read(use_threads=False)
    first = key.raw_name.rpartition("-")[2]
    return _conforming(rows.append_column(RAW_FIRST, pa.repeat(first, len(rows))))


@dataclass(frozen=True, slots=True)
class SealedWriter:
    """Writes a sealed file, type by type; files of equal rows differ by their stamps."""

    sink: pa.BufferOutputStream
    writer: pq.ParquetWriter
    group_rows: int = GROUP_ROWS

    @classmethod
    def open(cls, stamp: str, group_rows: int = GROUP_ROWS) -> SealedWriter:
        sink = pa.BufferOutputStream()
        names = SEALED.names
        writer = pq.ParquetWriter(
            sink,
            SEALED,
            compression=_CODEC,
            compression_level=_LEVEL,
            use_dictionary=[RAW_FIRST, *(n for n in files.LEAVES if n not in files.DISTINCT)],
            write_statistics=list(_RANKED),
            sorting_columns=[
                pq.SortingColumn(names.index(name)) for name in ("event_type", "timestamp")
            ],
            store_schema=False,
        )
        writer.add_key_value_metadata({files.STAMP: stamp})
        return cls(sink, writer, group_rows)

    def add(self, parts: Iterable[Table]) -> int:
        """Write the rows of one type in order of time; return their number.

        Types are added in order of their names.
        """
        rows = pa.concat_tables([SEALED.empty_table(), *parts])
        order = pc.sort_indices(rows["timestamp"])
        for start in range(0, len(rows), self.group_rows):
            self.writer.write_table(rows.take(order.slice(start, self.group_rows)))
        return len(rows)

    def finish(self) -> bytes:
        self.writer.close()
        body: bytes = self.sink.getvalue().to_pybytes()
        return body


def _type_of(file: pq.ParquetFile, number: int) -> str:
    group = file.metadata.row_group(number)
    columns = (group.column(n) for n in range(group.num_columns))
    bounds = next(one.statistics for one in columns if one.path_in_schema == ORIGIN[0])
    if bounds is None or bounds.min != bounds.max:
        raise Unreadable(f"row group {number} of a sealed file is not of one type")
    return str(bounds.min)


def _conforming(rows: Table) -> Table:
    """Give rows that an earlier version wrote the columns of this one, without values."""
    if rows.schema.equals(SEALED):
        return rows
    columns = [
        rows[column.name].cast(column.type)
        if column.name in rows.column_names
        else pa.nulls(len(rows), column.type)
        for column in SEALED
    ]
    return pa.table(columns, schema=SEALED)
