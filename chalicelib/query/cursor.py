"""Cursors: where the next page of one query begins, as text that clients hand back unread."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from chalicelib.model import instant
from chalicelib.model.code import Code, Problem
from chalicelib.query.refused import Refused

VERSION = 1
# Anybody can write a cursor; one of other years would be beyond what can be computed with. A range
# without a start may begin before the earliest moment that a parameter takes.
_EARLIEST_MS = instant.from_text("1969-01-01T00:00:00.000Z")
_LATEST_MS = instant.from_text("9999-01-01T00:00:00.000Z")
_DAMAGED = "cursor is damaged; hand back next_cursor as it was"
_FOREIGN = "cursor belongs to another query; keep the other parameters as they were"


class Bookmark(NamedTuple):
    """The last row of a page, and the range of its query.

    The range is kept because a default range moves with the clock.
    """

    first_ms: int
    end_ms: int
    place: Sequence[int | str]


def query_id(path: str, given: Mapping[str, Sequence[str]]) -> str:
    """Name a query by all that its pages have in common."""
    same = sorted((name, *texts) for name, texts in given.items() if name not in _OWN_EACH_PAGE)
    return hashlib.sha256(orjson.dumps([path, same])).hexdigest()[:16]


_OWN_EACH_PAGE = frozenset({"cursor", "limit"})


def encode(query: str, bookmark: Bookmark) -> str:
    content = orjson.dumps([VERSION, query, *bookmark])
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str, query: str) -> Bookmark:
    """Read a cursor of this query.

    Raises:
        Refused: with `invalid_cursor`.
    """
    try:
        content = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise invalid(_DAMAGED) from error
    match content:
        case [int(version), *_] if version != VERSION:
            raise invalid("cursor was issued by another version; start again without it")
        case [_, str(of_query), int(), int(), list()] if of_query != query:
            raise invalid(_FOREIGN)
        case [_, str(), int(first_ms), int(end_ms), list(place)] if _is_range(
            first_ms, end_ms
        ) and _is_place(place):
            return Bookmark(first_ms, end_ms, place)
        case _:
            raise invalid(_DAMAGED)


def invalid(message: str = _DAMAGED) -> Refused:
    return Refused(Problem("cursor", Code.INVALID_CURSOR, message))


def _is_range(first_ms: int, end_ms: int) -> bool:
    return _EARLIEST_MS <= first_ms < end_ms <= _LATEST_MS


def _is_place(values: Sequence[object]) -> bool:
    return all(isinstance(value, int | str) for value in values)
