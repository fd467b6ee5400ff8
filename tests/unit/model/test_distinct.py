from __future__ import annotations

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.distinct import NOBODY, STANDARD_ERROR, HyperLogLog
from chalicelib.rollup import sketches

hashes = st.sets(st.integers(0, 2**64 - 1), max_size=60)
some_sketches = st.builds(HyperLogLog.of, hashes)


def of_random(count: int, rng: np.random.Generator) -> HyperLogLog:
    return sketches.of_hashes(rng.integers(0, 2**64, count, dtype=np.uint64))


@given(hashes)
def test_a_sketch_made_at_once_is_the_one_made_hash_by_hash(values: set[int]) -> None:
    assert sketches.of_hashes(np.array(sorted(values), dtype=np.uint64)) == HyperLogLog.of(values)


def test_the_rarest_hashes_are_placed_alike() -> None:
    rare = [0, 1, 2**52 - 1, 2**52, 2**63, 2**64 - 1, *(2**n for n in range(64))]

    assert sketches.of_hashes(np.array(rare, dtype=np.uint64)) == HyperLogLog.of(rare)
    assert HyperLogLog.of([0]).registers[0] == 53
    assert HyperLogLog.of([2**64 - 1]).registers[4095] == 1


@given(hashes, hashes)
def test_merging_is_counting_at_once(left: set[int], right: set[int]) -> None:
    merged = HyperLogLog.merged([HyperLogLog.of(left), HyperLogLog.of(right)])

    assert merged == HyperLogLog.of(left | right)


@given(some_sketches, some_sketches, some_sketches)
def test_merging_is_associative_commutative_and_idempotent(
    a: HyperLogLog, b: HyperLogLog, c: HyperLogLog
) -> None:
    merged = HyperLogLog.merged

    assert merged([merged([a, b]), c]) == merged([a, merged([b, c])]) == merged([c, b, a])
    assert merged([a, a]) == merged([a]) == merged([a, NOBODY]) == a


@pytest.mark.parametrize("seed", range(5))
def test_the_larger_of_each_register_stays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.integers(0, 54, 4096, dtype=np.uint8).tobytes() for _ in range(2))

    merged = HyperLogLog.merged([HyperLogLog(left), HyperLogLog(right)])

    assert merged.registers == bytes(map(max, left, right))


def test_merging_nothing_gives_nobody() -> None:
    assert HyperLogLog.merged([]) == NOBODY
    assert NOBODY.estimate() == 0.0


@given(some_sketches)
def test_a_sketch_comes_back_as_it_was(sketch: HyperLogLog) -> None:
    assert HyperLogLog.decoded(sketch.encoded()) == sketch


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"none",
        NOBODY.encoded()[:-1],
        HyperLogLog(bytes(4095)).encoded(),
        HyperLogLog(bytes(4097)).encoded(),
        HyperLogLog(bytes(4095) + b"\x36").encoded(),
    ],
    ids=["empty", "not deflated", "cut short", "too few", "too many", "too high"],
)
def test_what_is_no_sketch_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        HyperLogLog.decoded(text)


@pytest.mark.parametrize(
    ("count", "most"), [(5, 45), (100, 210), (1_000, 860), (1_000_000, 1_600)]
)
def test_a_sketch_is_stored_small(count: int, most: int) -> None:
    assert len(of_random(count, np.random.default_rng(count)).encoded()) <= most


@pytest.mark.parametrize("count", [1, 5, 50, 100])
def test_few_are_counted_almost_exactly(count: int) -> None:
    rng = np.random.default_rng(count)
    found = [round(of_random(count, rng).estimate()) for _ in range(20)]

    assert np.mean(np.abs(np.array(found) - count)) <= 0.01 * count + 0.2


@pytest.mark.slow
def test_the_error_is_as_stated_for_any_number() -> None:
    rng = np.random.default_rng(20261121)
    cardinalities = [round(10 ** (n / 4)) for n in range(25)]
    by_cardinality = {}
    for count in cardinalities:
        n_trials = max(12, min(200, 2_000_000 // count))
        estimates = [of_random(count, rng).estimate() for _ in range(n_trials)]
        by_cardinality[count] = np.array(estimates) / count - 1
    everything = np.concatenate(list(by_cardinality.values()))

    assert abs(everything.mean()) < 0.001
    assert np.sqrt((everything**2).mean()) <= 1.1 * STANDARD_ERROR
    for errors in by_cardinality.values():
        # A mean and a mean square of so many trials, at four times their own standard error.
        assert abs(errors.mean()) <= 4 * STANDARD_ERROR / np.sqrt(len(errors))
        slack = 1 + 4 / np.sqrt(2 * len(errors))
        assert np.sqrt((errors**2).mean()) <= STANDARD_ERROR * slack


@pytest.mark.slow
def test_a_day_of_sketches_estimates_the_day() -> None:
    users = [random.Random(n).getrandbits(64) for n in range(30_000)]
    hours = [HyperLogLog.of(users[start : start + 10_000]) for start in range(0, 20_001, 1_000)]

    merged = HyperLogLog.merged(hours)

    assert merged.estimate() == pytest.approx(30_000, rel=3 * STANDARD_ERROR)
