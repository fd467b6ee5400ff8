from __future__ import annotations

import pytest

from chalicelib.model import about_users
from chalicelib.model.about_users import RELATIVE_ERROR, place_of, sketch_at
from chalicelib.model.distinct import HyperLogLog

WRITE_UNIT = 1_024


def sketch_of(n_users: int, first: int = 0) -> HyperLogLog:
    return sketch_at(place_of(f"usr_{n}") for n in range(first, first + n_users))


@pytest.mark.parametrize("n_users", [1, 10, 100, 1_000, 10_000, 100_000])
def test_an_estimate_is_within_three_of_its_standard_errors(n_users: int) -> None:
    assert sketch_of(n_users).estimate() == pytest.approx(n_users, rel=3 * RELATIVE_ERROR)


def test_users_of_both_hours_are_counted_once() -> None:
    merged = about_users.merged([sketch_of(100), sketch_of(100, first=50)])

    assert merged == sketch_of(150)


def test_three_variants_of_many_users_fit_into_a_write_unit() -> None:
    largest = max(len(sketch_of(n).encoded()) for n in (500, 5_000, 50_000, 500_000))

    # Beside the keys and the numbers of an item, which take some 250 bytes.
    assert 3 * largest <= WRITE_UNIT - 250


def test_a_stored_sketch_comes_back() -> None:
    assert about_users.decoded(sketch_of(10).encoded()) == sketch_of(10)


@pytest.mark.parametrize("text", [b"", b"none", HyperLogLog.of([1]).encoded()])
def test_a_sketch_of_another_kind_is_none(text: bytes) -> None:
    assert about_users.decoded(text) is None


def test_any_text_has_a_place() -> None:
    assert place_of("\ud800") != place_of("")
