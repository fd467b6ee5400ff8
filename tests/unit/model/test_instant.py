"""Instants: one format out, many forms in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model import instant
from chalicelib.model.hour import Hour

YEAR_1_MS, YEAR_9999_MS = -62_135_596_800_000, 253_402_300_799_999
millis = st.integers(YEAR_1_MS, YEAR_9999_MS)


@given(millis)
def test_what_is_written_is_read_back(epoch_ms: int) -> None:
    assert instant.from_text(instant.to_text(epoch_ms)) == epoch_ms


@given(millis)
def test_what_is_written_matches_its_own_pattern(epoch_ms: int) -> None:
    assert re.fullmatch(instant.PATTERN, instant.to_text(epoch_ms))


@given(millis, millis)
def test_text_sorts_as_time_does(one: int, other: int) -> None:
    assert (instant.to_text(one) < instant.to_text(other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:00:00Z",
        "2026-11-21T10:00:00.000999Z",
        "2026-11-21T12:30:00+02:30",
        "20261121T100000Z",
        "2026-11-20T23:00:00-11:00",
    ],
)
def test_any_zone_and_form_of_iso_8601_is_the_same_instant(text: str) -> None:
    assert instant.parse(text) == 1_795_255_200_000


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2026-11-21T10:00:00",
        "2026-02-31T10:00:00Z",
        "2026-11-21T10:00:00Z\0",
        "2026-11-21T10:00:00Z\0and more",
        10**18,
        -(10**18),
    ],
)
def test_what_names_no_instant_is_refused(value: str | int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its message is the value
        instant.parse(value)


@given(millis)
def test_an_hour_holds_the_instants_it_is_of(epoch_ms: int) -> None:
    hour = Hour.of(epoch_ms)

    assert hour.start_ms <= epoch_ms < hour.start_ms + instant.HOUR_MS
    assert instant.to_text(epoch_ms).startswith(hour.text)


@pytest.mark.parametrize("text", ["2026-11-21", "2026-11-21T10:30", "now", "", "2026-11-21T24"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its message is the value
        Hour.parse(text)
