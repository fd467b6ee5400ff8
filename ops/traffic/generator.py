"""Events as a small shop would send them: sessions, servers, mistakes, repeats, late events.

A plan is a pure function of its window, size and seed, so that what was sent can be computed
again and compared with what arrived. A live stream has the same stories without end, at a steady
rate.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Literal

from chalicelib.model import instant
from chalicelib.traffic.stories import SERVER_TYPES, SESSION_TYPES, Event, server, session

type Kind = Literal["good", "invalid", "repeat", "late"]

SHARE_INVALID = SHARE_REPEATED = SHARE_LATE = 0.01
TYPES = frozenset({*SESSION_TYPES, *SERVER_TYPES})
SHARE_SESSIONS = 0.8
# Makes about twenty visitors browse at once.
LIVE_STORY_GAP_MS = 5_000
HOURS_OF_DAY = tuple(1.0 + 0.8 * math.sin((hour - 9) / 24 * 2 * math.pi) for hour in range(24))


@dataclass(frozen=True, slots=True)
class Planned:
    """One event, when to send it, and what is special about it."""

    send_ms: int
    kind: Kind
    event: Event


def plan(start_ms: int, end_ms: int, *, n_events: int, seed: int = 1) -> list[Planned]:
    """Plan about `n_events` events of a window, in the order in which to send them."""
    chance = random.Random(seed)
    planned: list[Planned] = []
    while len(planned) < n_events:
        begin_ms = _moment(start_ms, end_ms, chance)
        story = session if chance.random() < SHARE_SESSIONS else server
        for event in story(begin_ms, chance, len(planned)):
            if int(str(event["timestamp"])) < end_ms:
                planned += _with_accidents(event, end_ms, chance)
    planned.sort(key=lambda one: one.send_ms)
    return [_stamped(one) for one in planned]


def live(
    start_ms: int,
    *,
    rate: float,
    seed: int = 1,
    event_types: Collection[str] = TYPES,
    with_mistakes: bool = False,
) -> Iterator[Planned]:
    """Plan events without end, `rate` a second and each stamped with the moment it is due.

    The ids carry the start, so that another run sends other events. Mistakes are invalid events
    and repeats of the event before, in the shares in which a plan has them.
    """
    chance = random.Random(seed)
    events = _without_end(start_ms, event_types, chance)
    last: Event | None = None
    for number in count(1):
        due_ms = start_ms + round(number * 1000 / rate)
        draw = chance.random() if with_mistakes else 1.0
        if last is not None and draw < SHARE_REPEATED:
            yield _stamped(Planned(due_ms, "repeat", dict(last)))
            continue
        event = next(events) | {"timestamp": due_ms}
        if draw < SHARE_REPEATED + SHARE_INVALID:
            yield _stamped(Planned(due_ms, "invalid", _broken(event, chance)))
        else:
            last = event
            yield _stamped(Planned(due_ms, "good", event))


def _without_end(
    start_ms: int, event_types: Collection[str], chance: random.Random
) -> Iterator[Event]:
    """Interleave stories; yield their events of these types in order of time."""
    has_sessions, has_servers = (
        not set(types).isdisjoint(event_types) for types in (SESSION_TYPES, SERVER_TYPES)
    )
    share = SHARE_SESSIONS if has_sessions and has_servers else float(has_sessions)
    stories: list[tuple[int, int, Event, Iterator[Event]]] = []
    begin_ms = start_ms
    for serial in count(start_ms * 1_000_000):
        begin_ms += round(chance.expovariate(1 / LIVE_STORY_GAP_MS))
        while stories and stories[0][0] < begin_ms:
            _, running, event, rest = heappop(stories)
            if event["event_type"] in event_types:
                yield event
            _go_on(stories, running, rest)
        story = session if chance.random() < share else server
        _go_on(stories, serial, story(begin_ms, chance, serial))


def _go_on(
    stories: list[tuple[int, int, Event, Iterator[Event]]], serial: int, rest: Iterator[Event]
) -> None:
    if (event := next(rest, None)) is not None:
        heappush(stories, (int(str(event["timestamp"])), serial, event, rest))


def n_valid(planned: Sequence[Planned]) -> int:
    """Count the valid events of a plan, each once however often it is sent."""
    valid = (one.event for one in planned if one.kind != "invalid")
    return len({(event["user_id"], event["event_id"]) for event in valid})


def _moment(start_ms: int, end_ms: int, chance: random.Random) -> int:
    """Draw a moment, more likely by day than by night."""
    while True:
        moment = chance.randrange(start_ms, end_ms)
        hour = moment // instant.HOUR_MS % 24
        if chance.random() * 1.8 < HOURS_OF_DAY[hour]:
            return moment


def _with_accidents(event: Event, end_ms: int, chance: random.Random) -> Iterator[Planned]:
    happened_ms = int(str(event["timestamp"]))
    send_ms = happened_ms + chance.randrange(50, 2_000)
    draw = chance.random()
    if draw < SHARE_INVALID:
        yield Planned(send_ms, "invalid", _broken(event, chance))
    elif draw < SHARE_INVALID + SHARE_LATE:
        late_ms = min(end_ms, send_ms + chance.randrange(1, 5) * instant.HOUR_MS)
        yield Planned(late_ms, "late", event)
    else:
        yield Planned(send_ms, "good", event)
        if chance.random() < SHARE_REPEATED:
            again_ms = min(end_ms, send_ms + chance.randrange(instant.HOUR_MS))
            yield Planned(again_ms, "repeat", dict(event))


def _broken(event: Event, chance: random.Random) -> Event:
    """Break an event in one of the ways in which clients do."""
    mistakes: tuple[Event, ...] = (
        {"user_id": ""},
        {"event_type": "Page View"},
        {"timestamp": "yesterday"},
        {"timestamp": 0},
        {"colour": "red"},
        {"properties": "none"},
        {"event_type": "transaction", "properties": {"amount": "a lot", "currency": "EUR"}},
    )
    return event | chance.choice(mistakes)


def _stamped(planned: Planned) -> Planned:
    """Write the timestamp as clients do, half of them as text."""
    timestamp = planned.event["timestamp"]
    if isinstance(timestamp, int) and timestamp and timestamp % 2:
        text = instant.to_text(timestamp)
        return Planned(planned.send_ms, planned.kind, planned.event | {"timestamp": text})
    return planned
