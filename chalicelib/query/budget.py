"""How much one request may read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from chalicelib.model.code import Code, Problem
from chalicelib.model.instant import HOUR_MS
from chalicelib.query.refused import Refused
from chalicelib.query.span import duration


def check(items_of_hours: Sequence[int], max_items: int) -> None:
    """Refuse a range whose hours hold too many items, and say how much from its start would fit.

    Raises:
        Refused: with `range_too_wide`.
    """
    n_items = sum(items_of_hours)
    if n_items > max_items:
        n_fitting = sum(n_so_far <= max_items for n_so_far in accumulate(items_of_hours))
        first = duration(n_fitting * HOUR_MS)
        fits = f"its first {first} would fit, or" if n_fitting else "ask for"
        message = (
            f"the range would read {n_items:,} items, of at most {max_items:,};"
            f" {fits} fewer event types"
        )
        raise Refused(Problem("from", Code.RANGE_TOO_WIDE, message))
