"""The range of time that a question is about."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.code import Code, Problem
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.model.period import Period
from chalicelib.query.refused import Refused

# Sorts after anything that follows an instant in a key.
LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class Span:
    """From `first_ms` to before `end_ms`, in epoch milliseconds."""

    first_ms: int
    end_ms: int

    @property
    def first(self) -> str:
        return instant.to_text(self.first_ms)

    @property
    def end(self) -> str:
        return instant.to_text(self.end_ms)

    @property
    def period(self) -> Period:
        """The hours that it touches."""
        return Period(Hour.of(self.first_ms), Hour.of(self.end_ms + HOUR_MS - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a route's range is completed and bounded; all in milliseconds.

    A range without an end ends after the current `grain_ms`, and one without a start has the
    `usual_ms` before its end. None is longer than `longest_ms`, before it is rounded.
    """

    grain_ms: int
    usual_ms: int
    longest_ms: int

    def span(self, first_ms: int | None, end_ms: int | None, now_ms: int) -> Span:
        """Complete a range, rounded outwards to whole grains.

        Raises:
            Refused: with `invalid_range` or `range_too_wide`.
        """
        end = self._up(now_ms + 1 if end_ms is None else end_ms)
        first = end - self.usual_ms if first_ms is None else first_ms - first_ms % self.grain_ms
        is_empty = first_ms is not None and end_ms is not None and end_ms <= first_ms
        if is_empty or end <= first:
            until = "" if end_ms is not None else f", which is {instant.to_text(end)} by default"
            message = f"from must be before to{until}"
            raise Refused(Problem("from", Code.INVALID_RANGE, message))
        # The longest range that is allowed still is when rounding lengthens it.
        if end - first > self.longest_ms + self.grain_ms:
            message = f"the range may be at most {duration(self.longest_ms)} long"
            raise Refused(Problem("from", Code.RANGE_TOO_WIDE, message))
        return Span(first, end)

    def _up(self, at_ms: int) -> int:
        return at_ms + -at_ms % self.grain_ms


def duration(length_ms: int) -> str:
    """Say how long, in the largest unit that is not too coarse, rounded down.

    >>> duration(90 * MINUTE_MS), duration(36 * HOUR_MS), duration(400 * DAY_MS)
    ('90 minutes', '36 hours', '400 days')
    """
    for unit_ms, name in ((DAY_MS, "days"), (HOUR_MS, "hours"), (MINUTE_MS, "minutes")):
        if length_ms >= 2 * unit_ms:
            return f"{length_ms // unit_ms:,} {name}"
    return f"{length_ms // 1000:,} seconds"
