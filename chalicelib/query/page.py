"""How many rows fit into one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import orjson

# Lambda returns at most 6 MB, and the body is JSON within its JSON: what is escaped grows.
MAX_BYTES = 3_500_000


_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Page[T, R]:
    """Rows as they are shown; `last` is the one after which the next page begins, if any does."""

    rows: list[R]
    last: T | None


def page[T, R: Mapping[str, object]](
    rows: Iterable[T], show: Callable[[T], R], limit: int, max_bytes: int = MAX_BYTES
) -> Page[T, R]:
    """Take rows up to the limit, fewer where they are large, but at least one if there is any.

    It takes one row more than it shows, to see whether there is one, and a few more where rows
    are large.
    """
    source = iter(rows)
    shown: list[R] = []
    last: T | None = None
    room = max_bytes
    while some := [*islice(source, min(_AT_ONCE, limit + 1 - len(shown)))]:
        more = [show(row) for row in some]
        n_fitting, room = _fitting(more, room)
        n_fitting = min(max(n_fitting, not shown), limit - len(shown))
        shown += more[:n_fitting]
        last = some[n_fitting - 1] if n_fitting else last
        if n_fitting < len(some):
            return Page(shown, last)
    return Page(shown, None)


def _fitting(rows: Sequence[Mapping[str, object]], room: int) -> tuple[int, int]:
    """Return how many of some rows fit, and the room that they leave if all do."""
    # All at once are measured in hardly more time than one; commas and brackets don't count.
    size = len(orjson.dumps(rows)) - len(rows) - 1
    if size <= room:
        return len(rows), room - size
    sizes = accumulate(len(orjson.dumps(row)) for row in rows)
    return sum(size <= room for size in sizes), 0
