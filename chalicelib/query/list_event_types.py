"""Answer `GET /metrics/event-types`: which types occurred, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.rollup import ALL_TYPES
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.metric_shapes import EventType, EventTypes
from chalicelib.query.parameters import limit
from chalicelib.query.ports import HourFiguresReader
from chalicelib.query.span import Reach

LIMIT = limit(1_000, 5_000)
REACH = Reach(grain_ms=HOUR_MS, usual_ms=7 * DAY_MS, longest_ms=400 * DAY_MS)


@dataclass(frozen=True, slots=True)
class ListEventTypes:
    hours: HourFiguresReader

    def __call__(self, asked: Asked) -> Found:
        """Sum the figures of hours, of which one item each is read.

        Raises:
            Refused: the range is empty or too long.
        """
        span = asked.span(REACH)
        types = _types(self.hours.figures(span.period.first, span.period.end))
        answer: EventTypes = {
            "from": span.first,
            "to": span.end,
            "event_types": types[: asked[LIMIT]],
            "total": len(types),
        }
        return Found(answer, found.ROLLED_UP)


def _types(figures: Mapping[Hour, Mapping[str, Figures]]) -> list[EventType]:
    events, errors = Counter[str](), Counter[str]()
    newest: dict[str, Hour] = {}
    for hour, by_type in figures.items():
        for name, figure in by_type.items():
            if figure.events and name != ALL_TYPES:
                events[name] += figure.events
                errors[name] += figure.errors
                newest[name] = max(hour, newest.get(name, hour))
    return [
        {
            "event_type": name,
            "events": n_events,
            "errors": errors[name],
            "share": n_events / events.total(),
            "newest_hour": instant.to_text(newest[name].start_ms),
        }
        for name, n_events in sorted(events.items(), key=lambda item: (-item[1], item[0]))
    ]
