"""When a client tries again, and how soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.traffic.sending.retry import FIRST_PAUSE_S, LONGEST_PAUSE_S, is_worth_it, pause_s
from tests.builders import NOON_MS


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
def test_what_may_pass_is_tried_again(status: int | None) -> None:
    assert is_worth_it(status)


@pytest.mark.parametrize("status", [200, 207, 400, 403, 413, 415])
def test_what_stays_as_it_is_is_not_tried_again(status: int) -> None:
    assert not is_worth_it(status)


@given(st.integers(1, 60), st.floats(0, 1))
def test_without_a_wish_the_pause_is_a_part_of_one_that_doubles(
    attempt: int, jitter: float
) -> None:
    pause = pause_s(attempt, None, NOON_MS, jitter)

    assert pause is not None
    assert 0 <= pause <= min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))


@given(st.integers(1, 60), st.integers(0, int(LONGEST_PAUSE_S)), st.floats(0, 1))
def test_the_pause_is_never_shorter_than_what_the_server_wishes(
    attempt: int, seconds: int, jitter: float
) -> None:
    pause = pause_s(attempt, str(seconds), NOON_MS, jitter)

    assert pause is not None
    assert seconds <= pause <= seconds + FIRST_PAUSE_S


def test_a_server_may_wish_for_a_moment_instead() -> None:
    assert pause_s(1, "Fri, 20 Nov 2026 12:00:07 GMT", NOON_MS, jitter=0) == 7
    assert pause_s(1, "Fri, 20 Nov 2026 11:00:00 GMT", NOON_MS, jitter=0) == 0


def test_a_wish_that_takes_too_long_is_not_waited_for() -> None:
    assert pause_s(1, "3600", NOON_MS, jitter=0) is None


@given(st.text())
def test_a_wish_that_nobody_understands_is_none(text: str) -> None:
    pause_s(1, text, NOON_MS, jitter=0.5)

    assert pause_s(2, f"soon {text}", NOON_MS, jitter=1) == FIRST_PAUSE_S * 2
