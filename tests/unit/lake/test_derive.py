"""Columns out of columns: the bounds of classes, and nulls that stay null."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.lake import derive, schema

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
