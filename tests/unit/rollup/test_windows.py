from __future__ import annotations

import pytest

from chalicelib.errors import BadRequest
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.rollup import windows

TEN = Hour.parse("2026-11-21T10")


def test_a_scheduled_payload_names_its_last_hour() -> None:
    asked = windows.parse({"window": "2026-11-21T10:00:00Z"})

    assert asked == windows.Scheduled(TEN)


def test_a_request_leaves_its_end_out() -> None:
    asked = windows.parse({"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T12:00:00Z"})

    assert asked == windows.Requested(TEN, TEN.plus(2))


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        ({}, Code.MISSING_FIELD, "window"),
        ({"window": 10}, Code.WRONG_TYPE, "window"),
        ({"window": "yesterday"}, Code.WRONG_FORMAT, "window"),
        ({"window": "2026-11-21T10:30:00Z"}, Code.WRONG_FORMAT, "window"),
        ({"window": "2026-11-31T10:00:00Z"}, Code.WRONG_FORMAT, "window"),
        ({"window": "9999-12-31T23:00:00Z"}, Code.WRONG_FORMAT, "window"),
        ({"window": "2026-11-21T10:00:00+01:00"}, Code.WRONG_FORMAT, "window"),
        ({"window": "2026-11-21T10", "hours": 3}, Code.UNKNOWN_FIELD, "hours"),
        ({"from": "2026-11-21T10"}, Code.MISSING_FIELD, "to"),
        ({"to": "2026-11-21T10"}, Code.MISSING_FIELD, "from"),
        ({"from": "2026-11-21T10", "to": "2026-11-21T10"}, Code.OUT_OF_RANGE, "to"),
        ({"from": "2026-11-21T10", "to": "2026-11-20T10"}, Code.OUT_OF_RANGE, "to"),
        ({"from": "2026-11-21T10", "to": "2026-12-22T11"}, Code.OUT_OF_RANGE, "to"),
    ],
    ids=str,
)
def test_a_payload_that_names_no_hours_is_refused_with_its_reason(
    payload: dict[str, object], code: Code, field: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        windows.parse(payload)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.message


def test_a_month_may_be_asked_for_at_once() -> None:
    asked = windows.requested(TEN, TEN.plus(744))

    assert len(asked.first.until(asked.end)) == windows.MAX_HOURS
