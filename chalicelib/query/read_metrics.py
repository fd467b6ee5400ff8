"""Answer `GET /metrics`: rollups of hours, days or a whole range."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.period import Period
from chalicelib.query import budget, found
from chalicelib.query.asked import Asked
from chalicelib.query.finality import final_hours, is_over
from chalicelib.query.found import Found
from chalicelib.query.gather import By, parts_of
from chalicelib.query.kinds import Choice
from chalicelib.query.memo import HourKey, Marks, Memo, RememberedHours
from chalicelib.query.metric_shapes import Metrics, MetricsRow
from chalicelib.query.page import page
from chalicelib.query.parameters import EVENT_TYPES, Parameter, limit
from chalicelib.query.place import Place, start_of
from chalicelib.query.ports import Each, HourMarkReader, SummarizedRollupReader
from chalicelib.query.row_reader import Row, RowKey, RowReader
from chalicelib.query.span import Reach

BY: Parameter[By] = Parameter(
    name="by",
    kind=Choice(("hour", "day", "range")),
    description="What hours are merged into. Days begin at midnight UTC.",
    default="hour",
)
LIMIT = limit(1_000, 5_000)
# Rollups are kept for so long.
REACH = Reach(grain_ms=HOUR_MS, usual_ms=DAY_MS, longest_ms=400 * DAY_MS)

# A summary has as many bytes for so many types as the item of one row has.
TYPES_PER_ROW = 30

type Names = Mapping[Hour, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process remembers: some 3 KB an hour, and as much a row."""

    types: Memo[HourKey, frozenset[str] | None] = field(default_factory=lambda: Memo(3_000))
    rows: Memo[RowKey, Row | None] = field(default_factory=lambda: Memo(15_000))


class _Rows(NamedTuple):
    """Rows of the next page, and perhaps more; `rest` are the parts that were not read."""

    rows: Sequence[Row]
    rest: Sequence[Period]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMetrics:
    """A page reads no more hours than it needs; a range may hold `max_items` items."""

    rollups: SummarizedRollupReader
    hours: HourMarkReader
    max_items: int
    each: Each = map
    memory: Memory = field(default_factory=Memory)

    def __call__(self, asked: Asked) -> Found:
        """Merge the hours of a range.

        Raises:
            Refused: the range is empty or holds too much, or the cursor is damaged.
            Unreadable: a row was stored by a version that kept no sketches.
        """
        span = asked.span(REACH)
        marks = self.hours.marks(span.period.first, span.period.end)
        types = self._types(span.period, marks)
        names = self._names(span.period, asked[EVENT_TYPES], types)
        final = frozenset(final_hours(span.period.hours, marks, asked.now_ms))
        reader = self._reader(
            by_summary=asked[BY] == "hour" and _are_summaries_small(types, asked[EVENT_TYPES])
        )
        rows, rest = _rows(reader, asked, span.period, names, marks)
        finished = _starts(parts_of(span.period, asked[BY]), final)
        shown = page(rows, lambda row: _shown(row, finished), asked[LIMIT])
        place = _last_place(shown.last, rest)
        answer: Metrics = {
            "from": span.first,
            "to": span.end,
            "by": asked[BY],
            "rows": shown.rows,
            "hours_not_rolled_up": _absent(span.period, names, asked.now_ms),
            "unknown_event_types": sorted(asked[EVENT_TYPES].difference(*names.values())),
            "next_cursor": asked.cursor(span, place) if place else None,
        }
        is_final = final.issuperset(span.period.hours)
        return Found(answer, found.FINAL if is_final else found.ROLLED_UP)

    def _types(self, period: Period, marks: Marks) -> Names:
        """Return the types of each hour that is rolled up."""
        return RememberedHours(self.rollups.event_types, self.memory.types).values(period, marks)

    def _names(self, period: Period, wanted: frozenset[str], types: Names) -> Names:
        """Return the types to read of each hour that is rolled up."""
        names = {hour: known & wanted if wanted else known for hour, known in types.items()}
        n_hours = len(period.hours)
        # An hour has a claim and a mark besides its rollups.
        n_items = 2 * n_hours + sum(map(len, names.values()))
        budget.check(n_items, n_hours, self.max_items)
        return names

    def _reader(self, *, by_summary: bool) -> RowReader:
        return RowReader(
            rollups=self.rollups, memo=self.memory.rows, by_summary=by_summary, each=self.each
        )


def _are_summaries_small(types: Names, wanted: frozenset[str]) -> bool:
    """Say whether summaries have fewer bytes than the rows of the types that are wanted."""
    most = max(map(len, types.values()), default=0)
    return not wanted or most <= TYPES_PER_ROW * len(wanted)


def _rows(reader: RowReader, asked: Asked, period: Period, names: Names, marks: Marks) -> _Rows:
    start_ms = start_of(asked.place, period.first.start_ms)
    parts = [part for part in parts_of(period, asked[BY]) if part.first.start_ms >= start_ms]
    taken = _enough(parts, names, asked[LIMIT])
    rows = reader.rows({part: _union(names, [part]) for part in taken}, marks)
    later = [row for row in rows if row.order > tuple(asked.place)]
    return _Rows(later, parts[len(taken) :])


def _starts(parts: Iterable[Period], final: Collection[Hour]) -> frozenset[int]:
    """Return where those parts start whose hours are all final."""
    return frozenset(
        part.first.start_ms for part in parts if all(hour in final for hour in part.hours)
    )


def _shown(row: Row, finished: Collection[int]) -> MetricsRow:
    return {**row.content, "final": row.start_ms in finished}


def _absent(period: Period, names: Names, now_ms: int) -> list[str]:
    absent = (hour for hour in period.hours if hour not in names and is_over(hour, now_ms))
    return [instant.to_text(hour.start_ms) for hour in absent]


def _enough(parts: Sequence[Period], names: Names, limit: int) -> list[Period]:
    """Take parts until they have more rows than a page, besides the first, seen in part."""
    taken, room = list[Period](), limit
    for part in parts:
        if room < 0:
            break
        taken.append(part)
        room -= len(_union(names, [part])) if len(taken) > 1 else 0
    return taken


def _union(names: Names, parts: Iterable[Period]) -> frozenset[str]:
    hours = (hour for part in parts for hour in part.hours)
    return frozenset[str]().union(*(names.get(hour, ()) for hour in hours))


def _last_place(last: Row | None, rest: Sequence[Period]) -> Place:
    """Return the place after which the next page begins, empty when nothing follows."""
    if last:
        return last.order
    return (rest[0].first.start_ms,) if rest else ()
