"""The hash is stored in sketches, so it may never change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.lake import text_hash
from tests.unit.lake.oracle import hash_of, murmur_hash_64a

texts = st.lists(st.text(max_size=40))


def hashes(values: list[str]) -> list[int]:
    return [int(h) for h in text_hash.hashes_of(pa.array(values, pa.string()))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0x0),
        ("a", 0xC8F43092E141D487),
        ("usr_1", 0x6B5857E4107E33DC),
        ("Zoë", 0xD46A4F52B5EBEB0B),
        ("user@example.com", 0xA19FBB7823E921D9),
    ],
)
def test_hashes_are_what_they_always_were(text: str, expected: int) -> None:
    assert hashes([text]) == [expected]


def test_the_first_step_is_the_murmur_hash_that_others_have() -> None:
    # SMHasher's check: the hash of the hashes of 256 keys, each with a seed of its own.
    keys = (bytes(range(length)) for length in range(256))
    all_of_them = b"".join(
        murmur_hash_64a(key, 256 - length).to_bytes(8, "little") for length, key in enumerate(keys)
    )

    assert murmur_hash_64a(all_of_them) & 0xFFFFFFFF == 0x1F0D3804


@given(texts)
def test_many_at_once_are_hashed_as_each_alone(values: list[str]) -> None:
    assert hashes(values) == [hash_of(value) for value in values]


@given(texts, st.integers(0, 5))
def test_a_part_of_a_column_is_hashed_as_the_whole(values: list[str], start: int) -> None:
    part = pa.array(values, pa.string()).slice(start)

    assert text_hash.hashes_of(part).tolist() == hashes(values)[start:]


def test_more_texts_than_are_taken_at_once_are_all_hashed() -> None:
    values = [f"usr_{n}" for n in range(70_000)]

    found = text_hash.hashes_of(pa.array(values))

    assert [int(found[n]) for n in (0, 32_767, 32_768, 69_999)] == [
        hash_of(values[n]) for n in (0, 32_767, 32_768, 69_999)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [str, "usr_{}".format, "user-{:010d}".format, "{}000".format, "user{}@example.com".format],
    ids=["numbers", "usr", "padded", "thousands", "e-mail"],
)
def test_ids_that_count_up_come_out_evenly(name: Callable[[int], str]) -> None:
    n_ids = 200_000
    found = text_hash.hashes_of(pa.array([name(n) for n in range(n_ids)]))

    bits = np.unpackbits(found.view(np.uint8)).reshape(n_ids, 64)
    assert len(np.unique(found)) == n_ids
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(n_ids)
    for shift in (0, 52):
        counts = np.bincount((found >> np.uint64(shift)).astype(np.intp) & 4095, minlength=4096)
        expected = n_ids / 4096
        chi_square = ((counts - expected) ** 2 / expected).sum()
        assert abs(chi_square - 4095) < 5 * np.sqrt(2 * 4095)
