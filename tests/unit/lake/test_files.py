"""Whole lake rows, and their way through Parquet."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chalicelib.lake import files, raw_lines, rows, schema
from chalicelib.model import instant
from tests.builders import NOON_MS, make_raw_key, make_raw_line, make_raw_object


def read(*lines: bytes) -> pa.Table:
    return raw_lines.read(make_raw_object(*lines), make_raw_key())


@pytest.fixture
def table() -> pa.Table:
    lines = [
        make_raw_line(event_id=f"ev_{n}", timestamp=instant.to_text(NOON_MS + at_ms))
        for n, at_ms in enumerate([2_000, 1_000, 3_000, 1_000])
    ]
    return rows.complete(read(*lines), {"processed_at": NOON_MS, "processing_stage": "x"})


def test_rows_are_in_order_of_time_and_else_of_arrival(table: pa.Table) -> None:
    assert table["event_id"].to_pylist() == ["ev_1", "ev_3", "ev_0", "ev_2"]


def test_rows_have_the_columns_of_the_lake(table: pa.Table) -> None:
    assert table.schema.equals(schema.LAKE)


def test_what_is_derived_is_a_column_or_one_value_or_null() -> None:
    lines = read(make_raw_line(), make_raw_line())
    flags = pa.chunked_array([[True, None]])

    table = rows.complete(lines, {"is_high_value": flags, "processing_version": "7"})

    assert table["is_high_value"].to_pylist() == [True, None]
    assert table["processing_version"].to_pylist() == ["7", "7"]
    assert table["metric_date"].to_pylist() == [None, None]


def test_a_file_reads_back_as_it_was_written(table: pa.Table) -> None:
    back = pq.read_table(pa.BufferReader(files.encode(table)))

    assert back.schema.equals(schema.LAKE)
    assert back.equals(table)


def test_a_file_needs_no_codec_that_the_layer_lacks(table: pa.Table) -> None:
    group = pq.ParquetFile(pa.BufferReader(files.encode(table))).metadata.row_group(0)
    codecs = {group.column(n).compression for n in range(group.num_columns)}

    assert codecs == {"SNAPPY", "UNCOMPRESSED"}


def test_a_file_says_what_it_spans(table: pa.Table) -> None:
    group = pq.ParquetFile(pa.BufferReader(files.encode(table))).metadata.row_group(0)
    at = schema.LAKE.names.index("timestamp")

    assert group.column(at).statistics.min.timestamp() * 1000 == NOON_MS + 1_000
    assert group.column(at).statistics.max.timestamp() * 1000 == NOON_MS + 3_000
    assert [column.column_index for column in group.sorting_columns] == [at]
