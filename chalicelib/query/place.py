"""Where a row of counts is in its answer, as cursors keep it."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.model.rollup import ALL_TYPES
from chalicelib.query import cursor

type Place = tuple[int | str, ...]


def place_of(start_ms: int, event_type: str, count: int) -> tuple[int, int, int, str]:
    """Order rows by time; the sum over all types comes first, and then the busiest type."""
    return start_ms, int(event_type != ALL_TYPES), -count, event_type


def start_of(place: Sequence[int | str], first_ms: int) -> int:
    """Return where reading goes on, `first_ms` being where the range begins.

    A place that is only a time is before all rows of that time.

    Raises:
        Refused: no row of the range has this place.
    """
    match place:
        case []:
            return first_ms
        # A cursor that somebody made up would otherwise have all of history read.
        case [int(start_ms)] | [int(start_ms), int(), int(), str()] if start_ms >= first_ms:
            return start_ms
        case _:
            raise cursor.invalid()
