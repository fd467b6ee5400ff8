from __future__ import annotations

from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.identifier import RANDOM_BITS, uuid7

moments = st.integers(0, 2**48 - 1)
entropies = st.integers(0, 2**RANDOM_BITS - 1)


@given(moments, entropies)
def test_an_id_is_a_uuid_of_version_7(epoch_ms: int, entropy: int) -> None:
    read = UUID(uuid7(epoch_ms, entropy))

    assert (read.version, read.variant) == (7, RFC_4122)


@given(moments, entropies)
def test_an_id_holds_its_moment_and_all_of_its_entropy(epoch_ms: int, entropy: int) -> None:
    number = UUID(uuid7(epoch_ms, entropy)).int

    assert number >> 80 == epoch_ms
    assert (number >> 64 & 0xFFF) << 62 | number & (2**62 - 1) == entropy


@given(st.tuples(moments, entropies), st.tuples(moments, entropies))
def test_ids_sort_by_their_moments(one: tuple[int, int], other: tuple[int, int]) -> None:
    earlier, later = sorted((one, other))

    assert uuid7(*earlier) <= uuid7(*later)
