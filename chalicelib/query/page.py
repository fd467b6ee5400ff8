"""How many rows fit into one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import orjson

# Lambda returns at most 6 MB, and the body is JSON within its JSON: what is escaped grows.
MAX_BYTES = 3_500_000


@dataclass(frozen=True, slots=True)
class Page[T, R]:
    """Rows as they are shown; `last` is the one after which the next page begins, if any does."""

    rows: list[R]
    last: T | None


def page[T, R: Mapping[str, object]](
    rows: Iterable[T], show: Callable[[T], R], limit: int, max_bytes: int = MAX_BYTES
) -> Page[T, R]:
    """Take rows up to the limit, fewer where they are large, but at least one if there is any.

    It takes one row more than it shows, to see whether there is one.
    """
    shown: list[R] = []
    last: T | None = None
    size = 0
    for row in rows:
        next_row = show(row)
        size += len(orjson.dumps(next_row))
        if shown and (len(shown) == limit or size > max_bytes):
            return Page(shown, last)
        shown.append(next_row)
        last = row
    return Page(shown, None)
