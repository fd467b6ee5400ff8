"""Derive columns from columns; nulls stay null."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chalicelib.lake import json_text, schema
from chalicelib.model.hour import Hour

# An instant without a zone is counted in UTC.
_UTC = pa.timestamp("ms")


def day(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the UTC day of each instant."""
    return _utc(instants).cast(schema.DAY)


def is_of(hour: Hour, instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark the instants of an hour."""
    hours = pc.floor_temporal(_utc(instants), unit="hour")
    return pc.equal(hours, pa.scalar(hour.start_ms, _UTC))


def _utc(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Drop the zone: Arrow would look even UTC up in files of the operating system."""
    return instants.cast(_UTC)


def classify(
    numbers: pa.ChunkedArray,
    bounds: Sequence[float],
    labels: Sequence[str],
    *,
    last_is_inclusive: bool = False,
) -> pa.ChunkedArray:
    """Label each number by the first bound above it, or with the last label.

    With `last_is_inclusive`, a number equal to the last bound counts as below it.

    >>> classify(pa.chunked_array([[9.99, 10, None]]), [10], ["low", "high"]).to_pylist()
    ['low', 'high', None]
    """
    edges = [
        *bounds[:-1],
        math.nextafter(bounds[-1], math.inf) if last_is_inclusive else bounds[-1],
    ]
    positions = np.searchsorted(edges, numbers.to_numpy(), side="right")
    mask = pc.is_null(numbers).to_numpy()
    codes = pa.array(positions.astype(np.int8), mask=mask)
    coded = pa.DictionaryArray.from_arrays(codes, pa.array(labels, schema.TEXT))
    return pa.chunked_array([coded.cast(schema.TEXT)])


def is_above(numbers: pa.ChunkedArray, bound: float) -> pa.ChunkedArray:
    return pc.greater(numbers, bound)


def is_outside(numbers: pa.ChunkedArray, low: float, high: float) -> pa.ChunkedArray:
    return pc.or_(pc.less(numbers, low), pc.greater(numbers, high))


def number_property(properties: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return a number from each row's properties, null if there is none of that name.

    Raises:
        Unreadable: properties are not JSON, or have a value of another type under that name.
    """
    columns = pa.schema([(name, schema.NUMBER)])
    return json_text.read(properties.combine_chunks(), "", columns, strict=False)[name]
