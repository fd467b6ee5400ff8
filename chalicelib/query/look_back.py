"""Rows from the newest back, as far as one request may read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chalicelib.errors import TooMuchRead
from chalicelib.model import instant
from chalicelib.model.code import Code, Problem
from chalicelib.query.refused import Refused
from chalicelib.query.span import Span


def look_back[T](
    rows: Iterable[T], time_of: Callable[[T], int], span: Span, grain_ms: int
) -> Iterator[T]:
    """Yield rows; times are epoch milliseconds, and `grain_ms` is what ranges are rounded to.

    Raises:
        Refused: there are too many to read, with the start from which on they would fit.
        TooMuchRead: no start would help.
    """
    oldest_ms = span.end_ms
    try:
        for row in rows:
            oldest_ms = time_of(row)
            yield row
    except TooMuchRead as error:
        # Of the oldest one's minute or hour, there may be more that were not read.
        from_ms = oldest_ms - oldest_ms % grain_ms + grain_ms
        if from_ms >= span.end_ms:
            raise
        message = (
            f"the answer takes more than {error.most:,} items to read;"
            f" from={instant.to_text(from_ms)} would fit, or perhaps a smaller limit"
        )
        raise Refused(Problem("from", Code.RANGE_TOO_WIDE, message)) from error
