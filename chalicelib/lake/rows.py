"""Make whole lake rows of what was read and what was derived."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from chalicelib.lake import schema


def complete(lines: pa.Table, derived: Mapping[str, object]) -> pa.Table:
    """Return the rows of `LAKE`, in order of time; rows of one instant keep their order.

    What is derived is a column, or one value for every row; what is not derived is null.
    """
    columns = dict(zip(lines.column_names, lines.columns, strict=True))
    columns |= {
        field.name: _column(derived.get(field.name), field.type, len(lines))
        for field in schema.DERIVED
    }
    rows = pa.table([columns[name] for name in schema.LAKE.names], schema=schema.LAKE)
    return rows.sort_by("timestamp")


def _column(value: object, kind: pa.DataType, length: int) -> object:
    if isinstance(value, pa.ChunkedArray):
        return value
    return pa.repeat(pa.scalar(value, kind), length)
