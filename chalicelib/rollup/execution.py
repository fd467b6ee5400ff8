"""The name and the input of an execution of the state machine."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.model.hour import Hour
from chalicelib.rollup import windows


class Execution(NamedTuple):
    """The state machine runs each name once."""

    name: str
    payload: dict[str, str]


def hourly(window: Hour) -> Execution:
    """Derive an execution from the window alone, so that starting it again changes nothing.

    >>> hourly(Hour.parse("2026-11-21T10"))
    Execution(name='hourly-20261121T10Z', payload={'window': '2026-11-21T10:00:00Z'})
    """
    return Execution(f"hourly-{window.compact}", windows.Scheduled(window).to_json())


def manual(first: Hour, end: Hour, suffix: str) -> Execution:
    """Derive a requested execution; its suffix of eight hex digits makes its name unique.

    Raises:
        BadRequest: an empty range, or one that is too long.

    >>> manual(Hour.parse("2026-11-21T10"), Hour.parse("2026-11-21T12"), "0f3a99c1").name
    'manual-20261121T10Z-0f3a99c1'
    """
    payload = windows.requested(first, end).to_json()
    return Execution(f"manual-{first.compact}-{suffix}", payload)
