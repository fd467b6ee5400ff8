"""Clicks and checkouts of a shop's visitors, with what goes wrong on their way.

Each window of time has its own visits, drawn from the seed and the window alone. So the events of
any span are the same however the span is cut, and nothing has to be remembered in between.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.model.instant import HOUR_MS
from chalicelib.traffic.stories import CAMPAIGNS, Event, session

TYPES = frozenset({"click", "checkout"})
WINDOW_MS = 300_000
LONGEST_DELAY_MS = 2 * HOUR_MS
# Longer than any visit takes.
LONGEST_VISIT_MS = HOUR_MS
SHARE_LATE = SHARE_REPEATED = 0.05
# Of the repeats: a client that sends an event again with other contents.
SHARE_ALTERED = 1 / 3
# Sooner, an altered repeat might overtake what it repeats, and be the one that counts.
SOONEST_REPEAT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Sent:
    """An event, and when it is sent; its timestamp says when it happened."""

    send_ms: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Visitors of one shop; `visits` begin in each five minutes."""

    visits: int
    seed: int = 1

    def sent(self, start_ms: int, end_ms: int) -> list[Sent]:
        """Return what is sent from the start until before the end, in that order."""
        earliest = start_ms - LONGEST_DELAY_MS - LONGEST_VISIT_MS
        found = [
            one
            for window in range(earliest // WINDOW_MS, -(-end_ms // WINDOW_MS))
            for one in self._of_window(window)
            if start_ms <= one.send_ms < end_ms
        ]
        return sorted(found, key=lambda one: one.send_ms)

    def _of_window(self, window: int) -> Iterator[Sent]:
        # Text seeds it alike in every process.
        chance = random.Random(f"{self.seed} {window}")  # noqa: S311  no secret
        for number in range(self.visits):
            begin_ms = window * WINDOW_MS + chance.randrange(WINDOW_MS)
            serial = window * 1_000_000 + number
            for event in session(begin_ms, chance, serial):
                if event["event_type"] in TYPES:
                    yield from _on_its_way(event, chance)


def _on_its_way(event: Event, chance: random.Random) -> Iterator[Sent]:
    send_ms = int(str(event["timestamp"])) + chance.randrange(50, 2_000)
    if chance.random() < SHARE_LATE:
        send_ms += chance.randrange(WINDOW_MS, LONGEST_DELAY_MS // 2)
    yield Sent(send_ms, event)
    if chance.random() < SHARE_REPEATED:
        again_ms = send_ms + chance.randrange(SOONEST_REPEAT_MS, LONGEST_DELAY_MS // 2)
        is_altered = chance.random() < SHARE_ALTERED
        yield Sent(again_ms, _altered(event, chance) if is_altered else dict(event))


def _altered(event: Event, chance: random.Random) -> Event:
    """Let an event have happened at another time, after another campaign."""
    at_ms = int(str(event["timestamp"])) + chance.randrange(-HOUR_MS, HOUR_MS)
    campaign: Event = {"campaign": chance.choice(CAMPAIGNS) or "none"}
    own: Event = {"properties": campaign} if event["event_type"] == "click" else {}
    return event | {"timestamp": at_ms} | own
