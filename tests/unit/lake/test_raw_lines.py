"""Raw objects read into columns: every value as it was written, and no line lost in silence."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.lake import raw_lines, schema
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from tests.builders import NOON, NOON_MS, make_raw_key, make_raw_line, make_raw_object

PAGE_VIEWS = make_raw_key("page_view")

texts = st.text(max_size=12) | st.sampled_from([',"properties":{"x":1}}', "\\", '"', "\n", "\0"])
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
instants = st.integers(NOON_MS, NOON_MS + instant.HOUR_MS - 1).map(instant.to_text)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers | texts
documents = st.dictionaries(
    texts,
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)),
    max_size=4,
)
lines = st.builds(
    make_raw_line,
    event_id=texts,
    source=texts,
    user_id=texts,
    session_id=st.none() | texts,
    timestamp=instants,
    ingested_at=st.datetimes().map(
        lambda at: instant.to_text(instant.millis(at.replace(tzinfo=UTC)))
    ),
    latency_ms=numbers,
    amount=numbers,
    currency=st.none() | texts,
    value=numbers,
    is_error=st.booleans(),
    kinesis=st.fixed_dictionaries({"partition_key": texts, "arrived_at": instants}),
    properties=documents,
)
enriched = st.fixed_dictionaries(
    {},
    optional={
        "seconds_since_exposure": st.floats(0, 1e9),
        "experiments_error": texts,
        "experiments": st.dictionaries(
            st.sampled_from(["a", "experiments", "kinesis"]), texts, min_size=1
        ),
    },
)


def with_marks(line: bytes, marks: dict[str, object]) -> bytes:
    """Put them where process does: in this order, right before the properties."""
    fields = orjson.loads(line)
    properties = fields.pop("properties")
    names = [name for name in (*schema.MARKS.names, "experiments") if name in marks]
    return orjson.dumps({**fields, **{n: marks[n] for n in names}, "properties": properties})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(with_marks, lines, enriched), min_size=1, max_size=5))
def test_what_a_line_says_of_experiments_is_read_and_null_elsewhere(written: list[bytes]) -> None:
    rows = raw_lines.read(make_raw_object(*written), PAGE_VIEWS).to_pylist()

    for row, line in zip(rows, map(json.loads, written), strict=True):
        found = row["experiments"]
        assert (None if found is None else dict(found)) == line.get("experiments")
        for name in schema.MARKS.names:
            assert row[name] == line.get(name)
    assert [row["original_data"].encode() for row in rows] == written
    assert [json.loads(row["properties"]) for row in rows] == [
        json.loads(line)["properties"] for line in written
    ]


@pytest.mark.parametrize("map_text", ["[1]", '{"a": 1}', '{"a"', "nonsense"])
def test_experiments_that_are_not_texts_by_name_are_refused(map_text: str) -> None:
    head, tail = make_raw_line().split(b',"properties":')
    line = head + f',"experiments":{map_text},"properties":'.encode() + tail

    with pytest.raises(Unreadable):
        raw_lines.read(make_raw_object(line), PAGE_VIEWS)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5))
def test_every_line_is_read_as_it_was_written(written: list[bytes]) -> None:
    rows = raw_lines.read(make_raw_object(*written), PAGE_VIEWS).to_pylist()

    assert [row["original_data"].encode() for row in rows] == written
    assert [row["record_id"] for row in rows] == [hashlib.sha256(x).hexdigest() for x in written]
    assert [as_line(row) for row in rows] == [json.loads(line) for line in written]


def as_line(row: dict[str, Any]) -> dict[str, object]:
    """The row as the raw line that it came from."""
    values = {
        name: at_text(value) if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    kinesis = {
        name.removeprefix("kinesis_"): value
        for name, value in values.items()
        if name.startswith("kinesis_")
    }
    names = [n for n in schema.HEAD.names if n not in {"kinesis", *schema.MARKS.names}]
    head = {name: values[name] for name in names}
    return {**head, "kinesis": kinesis, "properties": json.loads(row["properties"])}


def at_text(at: datetime) -> str:
    # Without the way over floats that `datetime.timestamp` takes.
    return instant.to_text((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))


def test_columns_are_those_of_the_raw_line() -> None:
    table = raw_lines.read(make_raw_object(make_raw_line()), PAGE_VIEWS)

    assert table.schema.equals(raw_lines.NO_ROWS.schema)
    assert all(column.num_chunks == 1 for column in table.columns)


@pytest.mark.parametrize(
    "hour", ["0001-01-01T00", "1969-12-31T23", "2026-11-20T12", "9999-12-31T23"]
)
def test_any_year_is_read(hour: str) -> None:
    line = make_raw_line(timestamp=f"{hour}:59:59.999Z")
    key = make_raw_key("page_view", Hour.of_text(hour))

    [row] = raw_lines.read(make_raw_object(line), key).to_pylist()

    assert at_text(row["timestamp"]) == f"{hour}:59:59.999Z"


def test_properties_as_deep_as_process_takes_them_are_read() -> None:
    deep: dict[str, object] = {}
    for _ in range(250):
        deep = {"x": deep}

    [row] = raw_lines.read(make_raw_object(make_raw_line(properties=deep)), PAGE_VIEWS).to_pylist()

    assert json.loads(row["properties"]) == deep


def test_a_field_that_older_lines_lack_is_null() -> None:
    [row] = raw_lines.read(make_raw_object(make_raw_line(value=...)), PAGE_VIEWS).to_pylist()

    assert row["value"] is None


BROKEN = {
    "not JSON": (b'{"event_id":nonsense,"properties":{}}', "line 2 cannot be parsed"),
    "empty": (b"", "line 2 has no properties"),
    "no properties": (b'{"event_id":"x"}', "line 2 has no properties"),
    "cut short": (make_raw_line()[:-1], "line 2 does not end with its properties"),
    "unknown field": (
        make_raw_line(properties=..., novel=1, z=2)[:-1] + b',"properties":{}}',
        "line 2 cannot be parsed",
    ),
    "wrong type": (make_raw_line(is_error="no"), "line 2 cannot be parsed"),
    "no such instant": (
        make_raw_line(timestamp="2026-11-20T12:61:00.000Z"),
        "line 2 cannot be parsed",
    ),
    "two objects": (b"{}" + make_raw_line(), "line 2 cannot be parsed: not one object"),
    "a hole": (make_raw_line(user_id=None), "line 2 has no user_id"),
    "a missing field": (make_raw_line(event_id=...), "line 2 has no event_id"),
    "no kinesis": (make_raw_line(kinesis=None), "line 2 has no kinesis_stream"),
    "another type": (make_raw_line(event_type="click"), "line 2 is not of type page_view"),
    "the hour before": (
        make_raw_line(timestamp=instant.to_text(NOON_MS - 1)),
        "line 2 is not of 2026-11-20T12:00:00Z",
    ),
    "the hour after": (
        make_raw_line(timestamp=instant.to_text(NOON.plus(1).start_ms)),
        "line 2 is not of 2026-11-20T12:00:00Z",
    ),
}


@pytest.mark.parametrize(("line", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_line_that_is_none_of_the_object_is_named(line: bytes, reason: str) -> None:
    body = make_raw_object(make_raw_line(), line, make_raw_line())

    with pytest.raises(Unreadable, match=reason):
        raw_lines.read(body, PAGE_VIEWS)


WHOLE = make_raw_object(make_raw_line())
BODIES = {
    "not gzip": (b"nonsense from beginning to end", "not gzip"),
    "nothing": (b"", "not exactly one gzip member"),
    "cut short": (WHOLE[:-1], "not exactly one gzip member"),
    "damaged": (WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:], "not gzip"),
    "two members": (WHOLE + WHOLE, "not exactly one gzip member"),
    "no end": (gzip.compress(make_raw_line()), "the last line is incomplete"),
    "not UTF-8": (make_raw_object(b"\xff"), "not UTF-8"),
}


def test_an_emptied_object_has_no_rows_and_the_same_columns() -> None:
    whole = raw_lines.read(WHOLE, PAGE_VIEWS)

    assert raw_lines.read(make_raw_object(), PAGE_VIEWS) == whole.schema.empty_table()


@pytest.mark.parametrize(("body", "reason"), BODIES.values(), ids=BODIES)
def test_what_is_no_raw_object_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        raw_lines.read(body, PAGE_VIEWS)
