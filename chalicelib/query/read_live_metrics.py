"""Answer `GET /metrics/live`: what was counted by the minute or hour, seconds after it came."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import batched
from typing import Literal

from chalicelib.errors import TooMuchRead
from chalicelib.model.code import Code, Problem
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.model.rollup import ALL_TYPES
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.live_row import LiveTotal, row_of, totals_of
from chalicelib.query.metric_shapes import LiveMetrics
from chalicelib.query.page import page
from chalicelib.query.parameters import EVENT_TYPES, Parameter, limit
from chalicelib.query.place import start_of
from chalicelib.query.ports import Each, LiveCountReader
from chalicelib.query.refused import Refused
from chalicelib.query.span import Reach, Span, duration

By = Literal["minute", "hour"]

BY: Parameter[By] = Parameter(
    name="by",
    kind=Choice(("minute", "hour")),
    description="Minutes are counted for events that were younger than a day when they arrived,"
    " and kept for 3 days; hours are kept for 400 days.",
    default="minute",
)
LIMIT = limit(2_000, 5_000)
REACHES: dict[By, Reach] = {
    "minute": Reach(grain_ms=MINUTE_MS, usual_ms=HOUR_MS, longest_ms=3 * DAY_MS),
    "hour": Reach(grain_ms=HOUR_MS, usual_ms=DAY_MS, longest_ms=400 * DAY_MS),
}
# What one query can read: minutes are stored by the hour, hours by the day.
_STORED_BY: dict[By, int] = {"minute": HOUR_MS, "hour": DAY_MS}
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLiveMetrics:
    """A page reads no further than it needs, but for what is read at once."""

    counters: LiveCountReader
    each: Each = map

    def __call__(self, asked: Asked) -> Found:
        """Sum counters over shards.

        Raises:
            Refused: the range is empty or holds too much, or the cursor is damaged.
        """
        reach = REACHES[asked[BY]]
        span = asked.span(reach)
        with closing(self._totals(asked, span)) as totals:
            shown = page(totals, lambda total: row_of(total, reach.grain_ms), asked[LIMIT])
        answer: LiveMetrics = {
            "from": span.first,
            "to": span.end,
            "by": asked[BY],
            "rows": shown.rows,
            "next_cursor": asked.cursor(span, shown.last.place) if shown.last else None,
        }
        return Found(answer, found.LIVE)

    def _totals(self, asked: Asked, span: Span) -> Generator[LiveTotal]:
        """Yield the rest of the rows, those of an hour or day while the next is being read."""
        wanted, by = asked[EVENT_TYPES], asked[BY]
        read = self.counters.minutes if by == "minute" else self.counters.hours
        types = frozenset[str]() if ALL_TYPES in wanted else wanted
        after = tuple(asked.place)

        def totals(window: Span) -> Sequence[LiveTotal]:
            return totals_of(read(window.first_ms, window.end_ms, types), wanted)

        rest = Span(start_of(asked.place, span.first_ms), span.end_ms)
        for windows in batched(_windows(rest, _STORED_BY[by]), _AT_ONCE):
            try:
                for found in self.each(totals, windows):
                    yield from (total for total in found if total.place > after)
            except TooMuchRead as error:
                raise _too_wide(error, windows[0].first_ms - rest.first_ms) from error


def _windows(span: Span, length_ms: int) -> Iterator[Span]:
    first_ms = span.first_ms
    while first_ms < span.end_ms:
        end_ms = min(first_ms - first_ms % length_ms + length_ms, span.end_ms)
        yield Span(first_ms, end_ms)
        first_ms = end_ms


def _too_wide(error: TooMuchRead, read_ms: int) -> Refused:
    fits = f"{duration(read_ms)} would fit, or fewer" if read_ms else "ask for less time, or fewer"
    message = f"the range holds more than {error.most:,} counters; {fits} event types"
    return Refused(Problem("from", Code.RANGE_TOO_WIDE, message))
