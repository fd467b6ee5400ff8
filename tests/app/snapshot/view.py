"""What the story leaves behind, in a form that is the same on every machine."""

from __future__ import annotations

import base64
import gzip
import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow.parquet as pq

from tests.app.snapshot import cloud, history, wiring
from tests.app.snapshot.records import Put
from tests.app.snapshot.story import Story
from tests.app.snapshot.text import readable


def streams(story: Story) -> dict[str, object]:
    return {name: [_put(put) for put in puts] for name, puts in story.puts.items()}


def _put(put: Put) -> dict[str, object]:
    assert put.body is not None
    return {"partition_key": put.partition_key, "data": readable(put.body.decode())}


def answers(story: Story) -> dict[str, object]:
    """Most answers share their headers and metric directives, which are listed once."""
    headers: list[object] = []
    directives: list[object] = []
    for answer in story.answers:
        returned = answer["returns"]
        returned["headers"] = _number(returned["headers"], headers)
        returned["body"] = readable(returned["body"])
        for line in answer["log"]:
            if "_aws" in line:
                line["_aws"] = _number(line["_aws"], directives)
    return {"headers": headers, "directives": directives, "answers": story.answers}


def _number(value: object, known: list[object]) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def archive(story: Story) -> dict[str, object]:
    lines = _lines(story)
    found = cloud.objects(story.variables["RAW_BUCKET"])
    return {
        key: {**headers, "lines": [readable(line) for line in lines[key]]}
        for key, headers, _ in found
        if key in lines
    }


def _lines(story: Story) -> dict[str, list[str]]:
    """Return the lines of each object that the pipeline wrote."""
    found = cloud.objects(story.variables["RAW_BUCKET"])
    by_hand = {history.OLD_OBJECT, history.DAMAGED_OBJECT}
    texts = {key: gzip.decompress(body).decode() for key, _, body in found if key not in by_hand}
    assert all(text.endswith("\n") for text in texts.values())
    return {key: text[:-1].split("\n") for key, text in texts.items()}


def lake(story: Story) -> dict[str, object]:
    sources = {
        line: f"line {number} of {key}"
        for key, lines in _lines(story).items()
        for number, line in enumerate(lines, 1)
    }
    files: dict[str, object] = {}
    columns: list[object] = []
    for key, headers, body in cloud.objects(story.variables["LAKE_BUCKET"]):
        file = pq.ParquetFile(io.BytesIO(body))
        rows = [_row(row, sources) for row in file.read().to_pylist()]
        files[key] = {**headers, "rows": rows}
        _number(_columns(file), columns)
    [same] = columns
    return {"columns": same, "files": files}


def _row(row: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, object]:
    """Omit nulls, and refer to the raw line instead of repeating it."""
    shown = {
        name: value if isinstance(value, str | float | bool) else value.isoformat()
        for name, value in row.items()
        if value is not None
    }
    return shown | {"original_data": sources.get(row["original_data"], row["original_data"])}


def _columns(file: Any) -> dict[str, object]:
    group = file.metadata.row_group(0)
    columns = {}
    for number in range(file.metadata.num_columns):
        column, chunk = file.schema.column(number), group.column(number)
        statistics = "with statistics" if chunk.is_stats_set else "without statistics"
        # A map is a column of the table, and two of the file.
        of_table = file.schema_arrow.field(column.path.partition(".")[0])
        kind = f"{column.physical_type}, {of_table.type}"
        nullable = "nullable" if column.max_definition_level else "required"
        columns[column.path] = f"{kind}, {nullable}, {chunk.compression}, {statistics}"
    # Not what they say, since it is another time in each file.
    notes = sorted(name.decode() for name in file.metadata.metadata or {})
    order = [file.schema.names[one.column_index] for one in group.sorting_columns]
    return {"columns": columns, "sorted by": order, "notes": notes}


def tables(story: Story) -> dict[str, object]:
    """Omit items of the history that are unchanged."""
    before = history.seeds()
    shown: dict[str, object] = {}
    for name, items in story.tables.items():
        old = {key: _plain(item) for key, item in before.get(name, {}).items()}
        new = {key: _plain(items[key]) for key in sorted(items)}
        changed = {key: item for key, item in new.items() if old.get(key) != item}
        shown[name] = {"items": changed, "deleted": sorted(old.keys() - new.keys())}
    return shown


def _plain(item: Mapping[str, Any]) -> dict[str, object]:
    return {name: _attribute(item[name]) for name in sorted(item)}


def _attribute(value: Mapping[str, Any]) -> object:
    match value:
        case {"B": bytes(binary)}:
            return {"B": _binary(binary)}
        case {"SS": list(texts)}:
            return {"SS": sorted(texts)}
        case _:
            return value


def _binary(binary: bytes) -> object:
    """Unpack JSON, or bytes most of which are zero: builds of zlib pack them differently."""
    try:
        return {"zlib": readable(zlib.decompress(binary).decode())}
    except zlib.error:
        pass
    try:
        unpacked = zlib.decompress(binary, -zlib.MAX_WBITS)
    except zlib.error:
        return {"base64": base64.b64encode(binary).decode()}
    others = {str(position): byte for position, byte in enumerate(unpacked) if byte}
    return {"deflate": {"size": len(unpacked), "bytes that are not zero": others}}


def invocations(story: Story) -> list[dict[str, Any]]:
    return story.invocations


def alerts(story: Story) -> dict[str, object]:
    executions = cloud.executions(story.variables["ROLLUP_STATE_MACHINE"])
    return {"executions": executions, "alerts": [_alert(alert) for alert in story.alerts]}


def _alert(alert: dict[str, Any]) -> dict[str, object]:
    """Group the protocols that receive the same text."""
    protocols: dict[str, list[str]] = {}
    message = readable(alert["message"])
    assert isinstance(message, dict)
    for protocol, text in message.items():
        protocols.setdefault(text, []).append(protocol)
    return alert | {
        "message": {", ".join(names): readable(text) for text, names in protocols.items()}
    }


def vocabulary(_story: Story) -> dict[str, object]:
    return {
        "codes": wiring.CODES,
        "namespace": wiring.METRIC_NAMESPACE,
        "measures": wiring.UNITS_BY_MEASURE,
    }


VIEWS: Mapping[str, Callable[[Story], object]] = {
    view.__name__: view
    for view in (answers, streams, archive, lake, tables, invocations, alerts, vocabulary)
}
