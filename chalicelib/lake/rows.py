"""Combine what was read and what was derived into whole lake rows."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from chalicelib.lake import schema


def complete(lines: pa.Table, derived: Mapping[str, object]) -> pa.Table:
    """Return the rows of `LAKE`, in order of time; rows of one instant keep their order.

    A derived value is a column, or one value for every row; the others are null.
    """
    known = {name: value for name, value in derived.items() if isinstance(value, pa.ChunkedArray)}
    for name, column in known.items():
        lines = lines.append_column(name, column)
    ordered = lines.take(pc.sort_indices(lines["timestamp"]))
    columns = [
        ordered[field.name]
        if field.name in ordered.column_names
        else pa.repeat(pa.scalar(derived.get(field.name), field.type), len(lines))
        for field in schema.LAKE
    ]
    return pa.table(columns, schema=schema.LAKE)
