"""Read a raw object into columns: each line's typed head by schema, its free tail as text."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from isal import isal_zlib

from chalicelib.archive.raw_key import RawKey
from chalicelib.archive.raw_line import EXPERIMENTS, TAIL
from chalicelib.errors import Unreadable
from chalicelib.lake import derive, json_text, schema, variants

# zlib's number for a window of any size in gzip's wrapping.
_GZIP = isal_zlib.MAX_WBITS + 16
_HEX_SHA256 = 64
_HEAD = [*schema.TYPED.names, *schema.MARKS.names]
# The columns that are read.
NO_ROWS = pa.schema(
    [*schema.TYPED, *schema.MARKS, *schema.TEXTS, schema.EXPERIMENTS]
).empty_table()
_REQUIRED = [name for name in schema.TYPED.names if name not in schema.NULLABLE]


def read(body: bytes, key: RawKey) -> pa.Table:
    """Return the rows of a raw object in its own order.

    They have the columns of `TYPED`, `MARKS` and `TEXTS`, and `EXPERIMENTS`.

    An object without lines is one that process has emptied, since its records are in others.

    Raises:
        Unreadable: not gzip, or a line that does not belong to it; the message names it.
    """
    lines = _lines(body)
    if not len(lines):
        return NO_ROWS
    heads, properties = _cut(lines)
    heads, maps = _without_experiments(heads)
    nested = json_text.read(heads, "}", schema.HEAD, strict=True)
    table = nested.flatten().rename_columns(_HEAD)
    _check(table, key)
    for field, column in zip(schema.TEXTS, (_hashes(lines), properties, lines), strict=True):
        table = table.append_column(field, column)
    return table.append_column(schema.EXPERIMENTS, maps)


def _lines(body: bytes) -> pa.StringArray:
    text = pa.array([_gunzip(body)], pa.binary())
    lines = pc.split_pattern(text, b"\n").values
    if lines[-1].as_py():
        raise Unreadable("the last line is incomplete")
    try:
        return lines[:-1].cast(schema.TEXT)
    except pa.ArrowInvalid as error:
        raise Unreadable("not UTF-8") from error


def _gunzip(body: bytes) -> bytes:
    stream = isal_zlib.decompressobj(_GZIP)
    try:
        text = stream.decompress(body)
    except isal_zlib.error as error:  # type: ignore[misc]  # its stub says that this is not a class
        raise Unreadable(f"not gzip: {error}") from error
    if not stream.eof or stream.unused_data:
        raise Unreadable("not exactly one gzip member")
    return text


def _cut(lines: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Cut each line into its head, left open, and its properties.

    The properties are not parsed: they were written from parsed JSON, and gzip's checksum shows
    that they are unchanged.
    """
    parts = pc.split_pattern(lines, TAIL.decode(), max_splits=1)
    _require(pc.equal(pc.list_value_length(parts), 2), "has no properties")
    # Heads and tails alternate; taking them out costs half as much as `list_element`.
    halves, n_halves = parts.flatten(), 2 * len(lines)
    tails = halves.take(pa.array(np.arange(1, n_halves, 2)))
    is_whole = pc.and_(pc.starts_with(tails, "{"), pc.ends_with(tails, "}}"))
    _require(is_whole, "does not end with its properties")
    properties = pc.binary_slice(tails.cast(pa.binary()), 0, -1).cast(schema.TEXT)
    return halves.take(pa.array(np.arange(0, n_halves, 2))), properties


def _without_experiments(heads: pa.StringArray) -> tuple[pa.StringArray, pa.MapArray]:
    """Cut the map of experiments off the heads that end with one."""
    has_map = pc.match_substring(heads, EXPERIMENTS.decode())
    if not pc.any(has_map).as_py():
        return heads, pa.nulls(len(heads), schema.VARIANTS)
    without = pc.binary_join_element_wise(heads, "null", EXPERIMENTS.decode())
    whole = pc.if_else(has_map, heads, without)
    parts = pc.split_pattern(whole, EXPERIMENTS.decode(), max_splits=1)
    return pc.list_element(parts, 0), variants.read(pc.list_element(parts, 1))


def _check(table: pa.Table, key: RawKey) -> None:
    """Refuse rows with missing values, or of another type or hour than their object."""
    for name in _REQUIRED:
        if table[name].null_count:
            _require(pc.is_valid(table[name]), f"has no {name}")
    _require(pc.equal(table["event_type"], key.event_type), f"is not of type {key.event_type}")
    _require(derive.is_of(key.hour, table["timestamp"]), f"is not of {key.hour.window_start}")


def _require(holds: pa.Array | pa.ChunkedArray, complaint: str) -> None:
    if not pc.all(holds).as_py():
        number = pc.index(holds, pa.scalar(value=False)).as_py() + 1
        raise Unreadable(f"line {number} {complaint}")


def _hashes(lines: pa.StringArray) -> pa.StringArray:
    """Return the SHA-256 of each line in hex, converted at once from concatenated digests."""
    _, offsets, text = lines.buffers()
    view = memoryview(text)
    bounds = pairwise(np.frombuffer(offsets, np.int32, len(lines) + 1).tolist())
    sha256 = hashlib.sha256
    digests = b"".join([sha256(view[start:end]).digest() for start, end in bounds])
    hex_offsets = np.arange(0, _HEX_SHA256 * len(lines) + 1, _HEX_SHA256, dtype=np.int32)
    hex_text = digests.hex().encode()
    return pa.StringArray.from_buffers(
        len(lines), pa.py_buffer(hex_offsets), pa.py_buffer(hex_text)
    )
