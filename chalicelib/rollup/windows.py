"""The hours that a payload names, from a schedule, a state machine or a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import BadRequest
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour

# A month: more results would not fit into the 256 KiB that a state machine passes on.
MAX_HOURS = 744

_EXAMPLE = "2026-11-21T10:00:00Z"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Every hour that is due up to this one, and this one in any case."""

    window: Hour

    def to_json(self) -> dict[str, str]:
        return {"window": self.window.window_start}


@dataclass(frozen=True, slots=True)
class Requested:
    """Exactly these hours, due or not; `end` is exclusive."""

    first: Hour
    end: Hour

    def to_json(self) -> dict[str, str]:
        return {"from": self.first.window_start, "to": self.end.window_start}


def parse(payload: Mapping[str, object]) -> Scheduled | Requested:
    """Read `{"window": …}` or `{"from": …, "to": …}`.

    Raises:
        BadRequest: neither, or not valid hours.

    >>> parse({"window": "2026-11-21T10:00:00Z"}).window.text
    '2026-11-21T10'
    """
    if "from" in payload or "to" in payload:
        return requested(*_hours(payload, "from", "to"))
    return Scheduled(*_hours(payload, "window"))


def requested(first: Hour, end: Hour) -> Requested:
    """Bound a range of hours.

    Raises:
        BadRequest: it is empty or too long.
    """
    count = len(first.until(end))
    if not count:
        raise BadRequest(Code.OUT_OF_RANGE, "must be after `from`, since it is exclusive", "to")
    if count > MAX_HOURS:
        message = f"is {count} hours after `from`; the maximum is {MAX_HOURS}"
        raise BadRequest(Code.OUT_OF_RANGE, message, "to")
    return Requested(first, end)


def one_hour(payload: Mapping[str, object]) -> Hour:
    """Read `{"window_start": …}`, with or without the `window_end` that it implies.

    Raises:
        BadRequest: not one whole hour.
    """
    if "window_end" not in payload:
        [hour] = _hours(payload, "window_start")
        return hour
    hour, end = _hours(payload, "window_start", "window_end")
    if end != hour.plus(1):
        message = f"must be {hour.window_end}: a window is one hour"
        raise BadRequest(Code.OUT_OF_RANGE, message, "window_end")
    return hour


def _hours(payload: Mapping[str, object], *fields: str) -> list[Hour]:
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
