"""The hours that a payload names, from a schedule, a state machine or a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import BadRequest
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.window import hours

# A month: more results would not fit into the 256 KiB that a state machine passes on.
MAX_HOURS = 744


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
        return requested(*hours(payload, "from", "to"))
    return Scheduled(*hours(payload, "window"))


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
