from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import BadRequest
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.window import one_hour

TEN = Hour.parse("2026-11-21T10")


@pytest.mark.parametrize(
    "payload",
    [
        {"window_start": "2026-11-21T10:00:00Z"},
        {"window_start": "2026-11-21T10:00:00Z", "window_end": "2026-11-21T11:00:00Z"},
    ],
    ids=["start", "start and end"],
)
def test_one_hour_is_named_by_its_start(payload: dict[str, object]) -> None:
    assert one_hour(payload) == TEN


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        ({}, Code.MISSING_FIELD, "window_start"),
        ({"window_end": "2026-11-21T11"}, Code.MISSING_FIELD, "window_start"),
        ({"window_start": "2026-11-21"}, Code.WRONG_FORMAT, "window_start"),
        ({"window_start": None}, Code.WRONG_TYPE, "window_start"),
        (
            {"window_start": "2026-11-21T10", "window_end": "2026-11-21T12"},
            Code.OUT_OF_RANGE,
            "window_end",
        ),
        ({"window_start": "2026-11-21T10", "type": "click"}, Code.UNKNOWN_FIELD, "type"),
    ],
    ids=str,
)
def test_anything_but_one_whole_hour_is_refused(
    payload: dict[str, object], code: Code, field: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        one_hour(payload)

    assert (refusal.value.code, refusal.value.field) == (code, field)


@given(st.text())
def test_any_text_is_an_hour_or_is_refused(text: str) -> None:
    try:
        hour = one_hour({"window_start": text})
    except BadRequest:
        return

    assert one_hour({"window_start": hour.window_start}) == hour
