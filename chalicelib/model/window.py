"""One hour as a payload names it."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import BadRequest
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour

_EXAMPLE = "2026-11-21T10:00:00Z"


def one_hour(payload: Mapping[str, object]) -> Hour:
    """Read `{"window_start": …}`, with or without the `window_end` that it implies.

    Raises:
        BadRequest: not one whole hour.
    """
    if "window_end" not in payload:
        [hour] = hours(payload, "window_start")
        return hour
    hour, end = hours(payload, "window_start", "window_end")
    if end != hour.plus(1):
        message = f"must be {hour.window_end}: a window is one hour"
        raise BadRequest(Code.OUT_OF_RANGE, message, "window_end")
    return hour


def hours(payload: Mapping[str, object], *fields: str) -> list[Hour]:
    """Read a payload that has these hours and nothing else.

    Raises:
        BadRequest: a field is missing, unknown or not an hour.
    """
    unknown = sorted(payload.keys() - set(fields))
    if unknown:
        raise BadRequest(Code.UNKNOWN_FIELD, f"expected only {' and '.join(fields)}", unknown[0])
    return [_hour(payload, field) for field in fields]


def _hour(payload: Mapping[str, object], field: str) -> Hour:
    if field not in payload:
        raise BadRequest(Code.MISSING_FIELD, f"expected an hour such as {_EXAMPLE}", field)
    text = payload[field]
    if not isinstance(text, str):
        raise BadRequest(Code.WRONG_TYPE, "must be text", field)
    try:
        hour = Hour.parse(text)
        # The end of the last hour of the year 9999 can't be written.
        Hour.parse(hour.window_end)
    except ValueError as error:
        message = f"must be the start of an hour in UTC, such as {_EXAMPLE}"
        raise BadRequest(Code.WRONG_FORMAT, message, field) from error
    return hour
