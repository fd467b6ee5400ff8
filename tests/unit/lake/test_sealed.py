"""The sealed file: rows of many raw objects, and which of them are left out."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chalicelib.errors import Unreadable
from chalicelib.lake import files, hour_rows, schema, sealed
from chalicelib.lake.keys import LakeKey
from tests.builders import NOON, NOON_MS, make_raw_key
from tests.unit.rollup.builders import Row, at, make_file, make_row

VIEWS = LakeKey.of(make_raw_key("page_view", NOON, 1))
MORE_VIEWS = LakeKey.of(make_raw_key("page_view", NOON, 5))
CLICKS = LakeKey.of(make_raw_key("click", NOON, 1))


def rows_of(key: LakeKey, *rows: Row) -> pa.Table:
    return sealed.small_rows(
        make_file([{**row, "event_type": key.event_type} for row in rows]), key
    )


def sealed_file(*types: Sequence[pa.Table], stamp: str = "s") -> bytes:
    writer = sealed.SealedWriter.open(stamp)
    for parts in types:
        writer.add(parts)
    return writer.finish()


def ids(table: pa.Table) -> list[str]:
    found: list[str] = table["event_id"].to_pylist()
    return found


@pytest.fixture
def body() -> bytes:
    late = make_row(2, timestamp=at(NOON_MS + 9_000))
    return sealed_file(
        [rows_of(CLICKS, make_row(3))],
        [rows_of(VIEWS, late, make_row(1)), rows_of(MORE_VIEWS, make_row(5))],
    )


def test_rows_read_back_type_by_type_in_order_of_time(body: bytes) -> None:
    file = sealed.SealedFile.open(body)

    assert list(file.event_types) == ["click", "page_view"]
    assert ids(file.rows("click", [])) == ["ev_3"]
    assert ids(file.rows("page_view", [])) == ["ev_1", "ev_5", "ev_2"]
    assert ids(file.rows("none_of_it", [])) == []


def test_rows_of_raw_objects_that_have_a_small_file_are_left_out(body: bytes) -> None:
    file = sealed.SealedFile.open(body)

    assert ids(file.rows("page_view", [VIEWS])) == ["ev_5"]
    assert ids(file.rows("page_view", [VIEWS, MORE_VIEWS])) == []
    # Another type, whose raw object begins with the same record.
    assert ids(file.rows("page_view", [CLICKS])) == ["ev_1", "ev_5", "ev_2"]


def test_a_rollup_reads_the_same(body: bytes) -> None:
    assert sorted(ids(hour_rows.read_sealed(body, []))) == ["ev_1", "ev_2", "ev_3", "ev_5"]
    assert sorted(ids(hour_rows.read_sealed(body, [VIEWS]))) == ["ev_3", "ev_5"]


def test_every_column_of_a_row_is_kept(body: bytes) -> None:
    table = sealed.SealedFile.open(body).rows("click", [])

    assert table.schema.equals(sealed.SEALED)
    [row] = table.drop_columns([sealed.RAW_FIRST]).to_pylist()
    [original] = pa.Table.from_pylist(
        [make_row(3, event_type="click")], schema=schema.LAKE
    ).to_pylist()
    assert row == original


def test_the_variants_of_an_experiment_are_kept() -> None:
    variants = [("exp_1", "blue"), ("exp_2", "b")]
    small = rows_of(VIEWS, make_row(1, experiments=variants), make_row(2))

    table = sealed.SealedFile.open(sealed_file([small])).rows("page_view", [])

    assert table["experiments"].to_pylist() == [variants, None]


def test_a_small_file_of_an_earlier_version_has_no_values_in_newer_columns() -> None:
    sink = pa.BufferOutputStream()
    older = pa.Table.from_pylist([dict(make_row(1))], schema=schema.LAKE).drop_columns(
        ["value", "experiments"]
    )
    pq.write_table(older, sink, store_schema=False)

    table = sealed.small_rows(sink.getvalue().to_pybytes(), VIEWS)

    assert table.schema.equals(sealed.SEALED)
    assert table["value"].to_pylist() == table["experiments"].to_pylist() == [None]


def test_a_large_type_has_several_row_groups_in_order_of_time() -> None:
    rows = [make_row(n, timestamp=at(NOON_MS + 100 - n)) for n in range(5)]
    writer = sealed.SealedWriter.open("s", group_rows=2)

    assert writer.add([rows_of(VIEWS, *rows)]) == 5

    file = sealed.SealedFile.open(writer.finish())

    assert file.groups == {"page_view": [0, 1, 2]}
    assert ids(file.rows("page_view", [])) == ["ev_4", "ev_3", "ev_2", "ev_1", "ev_0"]


def test_a_file_without_rows_is_a_file() -> None:
    body = sealed_file([rows_of(VIEWS)])

    assert list(sealed.SealedFile.open(body).event_types) == []
    assert len(hour_rows.read_sealed(body, [VIEWS])) == 0


def test_files_of_equal_rows_differ_by_their_stamps() -> None:
    assert sealed_file(stamp="a") != sealed_file(stamp="b")
    assert make_file([], "a") != make_file([], "b")


def test_a_row_group_of_several_types_is_refused() -> None:
    mixed = [make_row(1), make_row(2, event_type="click")]

    with pytest.raises(Unreadable, match="row group 0"):
        sealed.SealedFile.open(make_file(mixed))


def test_it_is_written_with_what_the_layer_has_and_ranked_by_few_columns(body: bytes) -> None:
    group = pq.ParquetFile(pa.BufferReader(body)).metadata.row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]

    assert {column.compression for column in columns} == {"GZIP"}
    ranked = {column.path_in_schema for column in columns if column.is_stats_set}
    assert len(ranked) == 9
    assert {"event_type", "timestamp"} <= ranked
    assert not ranked & files.DISTINCT & {"properties", "original_data", "record_id"}
