from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from chalicelib.wiring.starting import starting


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_garbage_is_looked_for_again_once_a_function_has_started() -> None:
    with starting():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_what_was_built_is_not_searched_later() -> None:
    with starting():
        built: list[list[object]] = [[] for _ in range(1_000)]

    assert gc.get_freeze_count() > len(built)


def test_a_start_that_fails_leaves_the_search_on() -> None:
    with pytest.raises(ValueError, match="settings"), starting():
        raise ValueError("settings")

    assert gc.isenabled()
