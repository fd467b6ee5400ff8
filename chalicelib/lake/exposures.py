"""Who was shown which variant: read from the properties of exposure events."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chalicelib.errors import Unreadable
from chalicelib.lake import json_text

EVENT_TYPE = "exposure"
# Between an experiment and its variant. An experiment whose id contains it can't be defined.
SEPARATOR = "\x1f"
LABEL = pa.dictionary(pa.int32(), pa.string())

_NAMES = ("experiment_id", "variant")
_PROPERTIES = pa.schema([(name, pa.string()) for name in _NAMES])
# Of a text: the most that a property of either name may be.
_LONGEST = 64


def labels(file: pq.ParquetFile) -> pa.ChunkedArray:
    """Label each row of a lake file by its experiment and variant, null if it has none.

    Only where a row group may have exposures are properties read at all.
    """
    groups = range(file.num_row_groups)
    return pa.chunked_array([_labels(file, group) for group in groups], LABEL)


def _labels(file: pq.ParquetFile, group: int) -> pa.DictionaryArray:
    if not _may_hold_exposures(file.metadata.row_group(group)):
        return pa.nulls(file.metadata.row_group(group).num_rows, LABEL)
    rows = file.read_row_group(group, ["event_type", "properties"], use_threads=False)
    is_exposure = pc.equal(rows["event_type"].combine_chunks(), EVENT_TYPE)
    texts = pc.if_else(is_exposure, rows["properties"].combine_chunks(), "{}")
    return _joined(*_read(texts)).dictionary_encode().cast(LABEL)


def _may_hold_exposures(group: pq.RowGroupMetaData) -> bool:
    for index in range(group.num_columns):
        column = group.column(index)
        if column.path_in_schema == "event_type" and column.is_stats_set:
            low, high = column.statistics.min, column.statistics.max
            return low is not None and bool(low <= EVENT_TYPE <= high)
    return True


def _read(texts: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    try:
        table = json_text.read(texts, "", _PROPERTIES, strict=False)
    except Unreadable:
        # A number where a name should be, from before exposures were checked.
        rows = [orjson.loads(text.as_py()) for text in texts]
        return tuple(pa.array([_text(row.get(name)) for row in rows]) for name in _NAMES)
    return tuple(table[name].combine_chunks() for name in _NAMES)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _joined(experiment: pa.StringArray, variant: pa.StringArray) -> pa.StringArray:
    longest = pc.max_element_wise(pc.utf8_length(experiment), pc.utf8_length(variant))
    is_named = pc.and_(
        pc.less_equal(longest, _LONGEST), pc.invert(pc.match_substring(experiment, SEPARATOR))
    )
    joined = pc.binary_join_element_wise(experiment, variant, SEPARATOR)
    return pc.if_else(is_named, joined, None)
