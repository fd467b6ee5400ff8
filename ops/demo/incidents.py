"""Two incidents to plant in a plan: a runaway client, and an hour in which pages are slow."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from chalicelib.model import instant
from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour
from chalicelib.traffic.stories import Event
from ops.traffic.generator import Planned

EVENT_TYPE = "page_view"
# Enough history to judge the two hours with incidents and the one in between.
MIN_HOURS = 28
MIN_EVENTS = 15_000

TIMES_MORE = 6
TIMES_SLOWER = 12


class Incident(NamedTuple):
    """What an alert must report of an hour, and of no other hour."""

    metric: Metric
    direction: Direction
    hour: Hour
    event_type: str


def planted(
    planned: Sequence[Planned], hours: Sequence[Hour], seed: int
) -> tuple[list[Planned], list[Incident]]:
    """Add the incidents to a plan, in order; none when there is too little history."""
    if len(hours) < MIN_HOURS or len(planned) < MIN_EVENTS:
        return list(planned), []
    flooded, slow = hours[-3], hours[-1]
    changed = [_slowed(one) if _is_view_in(one, slow) else one for one in planned]
    n_usual = sum(one.event["event_type"] == EVENT_TYPE for one in planned) // len(hours)
    changed += _flood(flooded, TIMES_MORE * n_usual, random.Random(seed))
    return sorted(changed, key=lambda one: one.send_ms), [
        Incident(Metric.VOLUME, Direction.ABOVE, flooded, EVENT_TYPE),
        Incident(Metric.LATENCY, Direction.ABOVE, slow, EVENT_TYPE),
    ]


def _is_view_in(one: Planned, hour: Hour) -> bool:
    event = one.event
    if one.kind == "invalid" or event["event_type"] != EVENT_TYPE:
        return False
    timestamp = event["timestamp"]
    at_ms = timestamp if isinstance(timestamp, int) else instant.parse(str(timestamp))
    return Hour.of(at_ms) == hour


def _slowed(one: Planned) -> Planned:
    properties = cast("Event", one.event["properties"])
    slow = {"duration_ms": float(str(properties["duration_ms"])) * TIMES_SLOWER}
    return replace(one, event=one.event | {"properties": properties | slow})


def _flood(hour: Hour, n_events: int, chance: random.Random) -> Iterator[Planned]:
    """One client requests a page again and again, each time as a new event."""
    for number in range(n_events):
        at_ms = hour.start_ms + chance.randrange(instant.HOUR_MS)
        event: Event = {
            "event_id": f"flood_{number}",
            "event_type": EVENT_TYPE,
            "source": "web",
            "user_id": "usr_runaway",
            "timestamp": at_ms,
            "properties": {"page": "/", "duration_ms": chance.lognormvariate(5.0, 0.7)},
        }
        yield Planned(at_ms, "good", event)
