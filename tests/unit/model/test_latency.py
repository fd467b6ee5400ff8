from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model import latency
from chalicelib.rollup import sketches

in_range = st.floats(latency.FLOOR_MS, latency.MAX_MS)
any_latency = st.floats(0, latency.MAX_MS)
shares = st.floats(0, 1) | st.sampled_from([0.5, 0.9, 0.95, 0.99])


def buckets_at_once(values: list[float]) -> dict[int, int]:
    return sketches.buckets_of(np.sort(np.array(values, dtype=np.float64)))


@given(in_range)
def test_a_latency_lies_in_its_bucket(latency_ms: float) -> None:
    index = latency.bucket_of(latency_ms)
    top = latency.FLOOR_MS * latency.GAMMA**index

    assert latency_ms <= top * (1 + 1e-9)
    assert index == 0 or latency_ms >= top / latency.GAMMA * (1 - 1e-9)


def test_an_edge_is_the_last_of_its_bucket() -> None:
    for index, edge in enumerate(latency.EDGES_MS[:-1]):
        below, above = math.nextafter(edge, 0), math.nextafter(edge, math.inf)

        assert [latency.bucket_of(ms) for ms in (below, edge, above)] == [index, index, index + 1]
        assert buckets_at_once([below, edge, above]) == {index: 2, index + 1: 1}


def test_every_latency_that_is_counted_has_a_bucket() -> None:
    assert latency.EDGES_MS[-2] < latency.MAX_MS <= latency.EDGES_MS[-1]
    assert buckets_at_once([0.0, latency.MAX_MS]) == {0: 1, 216: 1}


@given(st.lists(any_latency, max_size=100))
def test_buckets_counted_at_once_equal_those_counted_one_by_one(values: list[float]) -> None:
    assert buckets_at_once(values) == Counter(map(latency.bucket_of, values))


@given(st.lists(any_latency), st.lists(any_latency))
def test_merging_is_counting_at_once(left: list[float], right: list[float]) -> None:
    merged = latency.merged([buckets_at_once(left), buckets_at_once(right)])

    assert merged == buckets_at_once(left + right)


@given(st.lists(in_range, min_size=1), shares)
def test_a_quantile_of_buckets_is_within_the_stated_error(values: list[float], q: float) -> None:
    found = latency.quantile(Counter(map(latency.bucket_of, values)), q)

    assert found == pytest.approx(np.quantile(values, q), rel=latency.RELATIVE_ERROR + 1e-9)


@given(st.lists(st.floats(0, 1), min_size=1), shares)
def test_a_quantile_near_zero_is_off_by_less_than_the_floor_more(
    values: list[float], q: float
) -> None:
    found = latency.quantile(Counter(map(latency.bucket_of, values)), q)
    exact = np.quantile(values, q)

    assert abs(found - exact) <= latency.RELATIVE_ERROR * exact + latency.FLOOR_MS


def test_no_latencies_have_no_quantile() -> None:
    with pytest.raises(ValueError, match=r"\{\}"):
        latency.quantile({}, 0.5)
