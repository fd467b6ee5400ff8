"""Columns out of columns: the bounds of classes, and nulls that stay null."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from bisect import bisect_left, bisect_right
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.lake import derive, schema
from chalicelib.model.instant import DAY_MS, HOUR_MS
from tests.builders import NOON, NOON_MS

LABELS = ("a", "b", "c", "d")
numbers = st.lists(st.none() | st.floats(allow_nan=False) | st.sampled_from([0.0, 10.0, 100.0]))
bounds = st.lists(
    st.floats(-1_000, 1_000) | st.sampled_from([0.0, 10.0, 100.0]), min_size=3, max_size=3
).map(sorted)


def column(values: list[float | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, schema.NUMBER)])


@given(numbers, bounds)
def test_a_class_ends_just_below_its_bound(values: list[float | None], edges: list[float]) -> None:
    labels = derive.classify(column(values), edges, LABELS).to_pylist()

    assert labels == [None if v is None else LABELS[bisect_right(edges, v)] for v in values]


@given(numbers, bounds)
def test_the_last_bound_may_belong_to_its_class(
    values: list[float | None], edges: list[float]
) -> None:
    labels = derive.classify(column(values), edges, LABELS, last_is_inclusive=True).to_pylist()

    def expected(value: float) -> str:
        below = bisect_right(edges[:-1], value)
        return LABELS[max(below, 2 + bisect_left(edges[-1:], value)) if below == 2 else below]

    assert labels == [None if v is None else expected(v) for v in values]


def test_comparisons_leave_nulls_null() -> None:
    values = column([None, -1, 0, 100, 101])

    assert derive.is_above(values, 100).to_pylist() == [None, False, False, False, True]
    assert derive.is_outside(values, 0, 100).to_pylist() == [None, True, False, False, True]


def test_a_day_is_that_of_utc() -> None:
    instants = pa.chunked_array([pa.array([-1, 0, 86_399_999], schema.INSTANT)])

    assert [str(day) for day in derive.day(instants).to_pylist()] == [
        "1969-12-31",
        "1970-01-01",
        "1970-01-01",
    ]


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "n": st.none() | st.integers(0, 10**15) | st.floats(0, 1e12),
                "m": st.text() | st.lists(st.integers()),
                "o": st.dictionaries(st.just("n"), st.text()),
            },
        ),
        min_size=1,
    )
)
def test_a_number_is_found_in_properties(properties: list[dict[str, object]]) -> None:
    text = pa.chunked_array([pa.array([json.dumps(one) for one in properties])])

    assert derive.number_property(text, "n").to_pylist() == [one.get("n") for one in properties]


def test_a_number_is_found_beside_properties_as_deep_as_process_takes_them() -> None:
    deep = '{"x":' * 250 + "1.7976931348623157e+308" + "}" * 250
    text = pa.chunked_array([pa.array([f'{{"n":1.5,"deep":{deep}}}'])])

    assert derive.number_property(text, "n").to_pylist() == [1.5]


def test_a_property_that_is_no_number_is_named_by_its_line() -> None:
    text = pa.chunked_array([pa.array(['{"n": 1}', '{"n": "1"}'])])

    with pytest.raises(Unreadable, match="line 2"):
        derive.number_property(text, "n")


def zoned(*epoch_ms: int, zone: str = "UTC") -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(epoch_ms, pa.timestamp("ms", zone))])


def test_a_day_begins_at_midnight_in_utc() -> None:
    days = derive.day(zoned(0, DAY_MS - 1, DAY_MS, -1)).to_pylist()

    assert days == [date(1970, 1, 1), date(1970, 1, 1), date(1970, 1, 2), date(1969, 12, 31)]


def test_an_hour_is_from_its_start_to_just_before_its_end() -> None:
    instants = zoned(NOON_MS - 1, NOON_MS, NOON_MS + HOUR_MS - 1, NOON_MS + HOUR_MS)

    assert derive.is_of(NOON, instants).to_pylist() == [False, True, True, False]


# To Arrow it is what UTC is on a machine without time-zone files.
UNKNOWN_ZONE = "Nowhere/Unknown"


def test_no_time_zone_is_looked_up() -> None:
    instants = zoned(NOON_MS, zone=UNKNOWN_ZONE)

    assert derive.day(instants).to_pylist() == [date(2026, 11, 20)]
    assert derive.is_of(NOON, instants).to_pylist() == [True]


# An empty folder over the operating system's, for this process alone.
HIDE_ZONES = 'mount -t tmpfs none /usr/share/zoneinfo && exec "$@"'
TRANSFORM_AND_READ = """
from chalicelib.lake import derive, files, hour_rows, raw_lines, rows
from tests.builders import make_raw_key, make_raw_line, make_raw_object
import pyarrow as pa, pyarrow.compute as pc
lines = raw_lines.read(make_raw_object(make_raw_line()), make_raw_key("page_view"))
table = rows.complete(lines, {"action_date": derive.day(lines["timestamp"])})
print(len(hour_rows.join([hour_rows.read_file(files.encode(table))])))
try:
    pc.floor_temporal(lines["timestamp"], unit="hour")
except pa.ArrowInvalid:
    print("hidden")
"""


def test_the_lake_needs_no_time_zone_files() -> None:
    if not shutil.which("unshare"):
        pytest.skip("nothing can hide the files of the operating system")
    hidden = ["unshare", "--map-root-user", "--mount", "sh", "-ec", HIDE_ZONES, "sh"]
    if subprocess.run([*hidden, "true"], check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("the files of the operating system may not be hidden here")

    shown = subprocess.run(  # noqa: S603
        [*hidden, sys.executable, "-c", TRANSFORM_AND_READ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert shown.split() == ["1", "hidden"]
