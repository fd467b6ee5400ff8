"""How much one request may read."""

from __future__ import annotations

from chalicelib.model.code import Code, Problem
from chalicelib.model.instant import HOUR_MS
from chalicelib.query.refused import Refused
from chalicelib.query.span import duration


def check(n_items: int, n_hours: int, max_items: int) -> None:
    """Refuse a range of hours that holds too many items, and say what would fit.

    Raises:
        Refused: with `range_too_wide`.
    """
    if n_items > max_items:
        fits = duration(n_hours * HOUR_MS * max_items // n_items)
        message = (
            f"the range would read {n_items:,} items, of at most {max_items:,};"
            f" {fits} would fit, or fewer event types"
        )
        raise Refused(Problem("from", Code.RANGE_TOO_WIDE, message))
