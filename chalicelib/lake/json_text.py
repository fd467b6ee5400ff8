"""Read columns from JSON stored in a column of text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as pajson

from chalicelib.errors import Unreadable


def read(texts: pa.StringArray, ending: str, columns: pa.Schema, *, strict: bool) -> pa.Table:
    """Read one object per row; each text is an object that lacks only its `ending`.

    A field without a column is an error if `strict`, and is ignored otherwise.

    Raises:
        Unreadable: a row is not one object of these columns; the message names it.
    """
    if not len(texts):
        return columns.empty_table()
    try:
        table = _read(texts, ending, columns, strict=strict)
        reason = "not one object per line"
    except pa.ArrowInvalid as error:
        table, reason = None, str(error)
    if table is None or len(table) != len(texts):
        row = _first_bad(texts, ending, columns, strict=strict)
        raise Unreadable(f"line {row} cannot be parsed: {reason}")
    return table


def _read(texts: pa.StringArray, ending: str, columns: pa.Schema, *, strict: bool) -> pa.Table:
    text = _joined(texts, f"{ending}\n")
    unexpected = "error" if strict else "ignore"
    return pajson.read_json(
        pa.BufferReader(text),
        # One block, hence one chunk per column. Threads are better spent on whole objects.
        pajson.ReadOptions(use_threads=False, block_size=text.size + 1),
        pajson.ParseOptions(explicit_schema=columns, unexpected_field_behavior=unexpected),
    )


def _joined(texts: pa.StringArray, ending: str) -> pa.Buffer:
    """Return all texts in one buffer, each followed by the ending."""
    ended = pc.binary_join_element_wise(texts, ending, "")
    _, offsets, text = ended.buffers()
    return text.slice(0, int(np.frombuffer(offsets, np.int32)[len(ended)]))


def _first_bad(texts: pa.StringArray, ending: str, columns: pa.Schema, *, strict: bool) -> int:
    for row in range(len(texts)):
        try:
            if len(_read(texts.slice(row, 1), ending, columns, strict=strict)) != 1:
                return row + 1
        except pa.ArrowInvalid:
            return row + 1
    return 0
