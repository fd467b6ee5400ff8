"""How many rows fit into one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import orjson

# Lambda returns at most 6 MB, and the body is JSON within its JSON: what is escaped grows.
MAX_BYTES = 3_500_000


def page[R: Mapping[str, object]](
    rows: Iterable[R], limit: int, max_bytes: int = MAX_BYTES
) -> Iterator[R]:
    """Take rows up to the limit, fewer where they are large, but at least one if there is any."""
    size = 0
    for number, row in enumerate(islice(rows, limit)):
        size += len(orjson.dumps(row))
        if number and size > max_bytes:
            return
        yield row
