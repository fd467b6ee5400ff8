"""Run a producer against a local cloud, with progress, and print its statistics."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from rich.progress import TextColumn

from chalicelib.traffic.shopping import TYPES as ATTRIBUTED
from chalicelib.traffic.stories import Event
from ops.kit.console import bars, err
from ops.local.cloud import Cloud
from ops.traffic.generator import Planned, live
from ops.traffic.produce import show
from ops.traffic.produce.crew import Crew
from ops.traffic.produce.produce import Limit, Produce
from ops.traffic.produce.statistics import Statistics
from ops.traffic.produce.stop import Stop
from ops.traffic.produce.write_truth import write_truth
from ops.traffic.sending.http_exchange import HttpExchange
from ops.traffic.sending.reply import Exchange, Sent
from ops.traffic.sending.send_batch import SendBatch
from ops.traffic.sending.stream_exchange import StreamExchange

type Destination = Literal["api", "stream"]
TITLES: dict[Destination, str] = {"api": "sent to the API", "stream": "sent to the streams"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a producer is to send; a duration of 0 has no end."""

    rate: float
    duration_s: float
    batch_size: int
    event_types: frozenset[str]
    destination: Destination
    connections: int
    seed: int
    with_mistakes: bool
    # Where to write what attribution must find in what was stored.
    truth: Path | None = None

    @property
    def n_events(self) -> int | None:
        return max(1, round(self.rate * self.duration_s)) if self.duration_s else None

    def limit(self, start_ms: int) -> Limit | None:
        if self.n_events is None:
            return None
        return Limit(self.n_events, start_ms + round(self.n_events * 1000 / self.rate))

    def planned(self, start_ms: int) -> Iterator[Planned]:
        events = live(
            start_ms,
            rate=self.rate,
            seed=self.seed,
            event_types=self.event_types,
            with_mistakes=self.with_mistakes,
        )
        return islice(events, self.n_events)


def run(cloud: Cloud, order: Order) -> int:
    """Produce, print the statistics, and return the exit code.

    Raises:
        OperationFailed: an answer was not worth a retry; raised after the statistics.
    """
    stop, statistics = Stop(), Statistics()
    exchange = _exchange(cloud, order, statistics)
    clock = _Clock()
    crew = Crew(order.connections, stop)
    send = _Recording(
        SendBatch(exchange=exchange, pause=stop.pause, jitter=random.random, clock=clock)
    )
    with stop.on_signals():
        try:
            _produce(order, crew, send, clock, statistics)
            if stop.is_set:
                err.print("Stopping after the requests under way have been answered.")
            crew.finish()
        finally:
            show.summary(statistics, order.rate)
            if order.truth:
                write_truth(order.truth, send.accepted)
    if statistics.n_lost:
        return 1
    return 128 + stop.signal_number if stop.signal_number else 0


def _produce(
    order: Order, crew: Crew, send: _Recording, clock: _Clock, statistics: Statistics
) -> None:
    with bars(TextColumn("{task.fields[note]}")) as progress:
        task = progress.add_task(TITLES[order.destination], total=order.n_events, note="")

        def update(statistics: Statistics) -> None:
            progress.update(task, completed=statistics.n_sent, note=show.note(statistics))

        produce = Produce(
            send=send,
            connections=crew,
            clock=clock,
            pause=crew.stop.pause,
            statistics=statistics,
            show=update,
        )
        start_ms = clock()
        produce(order.planned(start_ms), order.batch_size, order.limit(start_ms))
        crew.drain()


@dataclass(frozen=True, slots=True)
class _Recording:
    """Sends, and keeps the clicks and checkouts that were stored, in order of their answers."""

    send: Callable[[Sequence[Event]], Sent]
    accepted: list[Event] = field(default_factory=list)

    def __call__(self, events: Sequence[Event]) -> Sent:
        sent = self.send(events)
        self.accepted.extend(
            event
            for event, result in zip(events, sent.results, strict=True)
            if event.get("event_type") in ATTRIBUTED and result["status"] == "accepted"
        )
        return sent


class _Clock:
    """The time of day, which here only moves forward and steadily."""

    def __init__(self) -> None:
        self._began_ms = time.time() * 1000 - time.monotonic() * 1000

    def __call__(self) -> int:
        return int(self._began_ms + time.monotonic() * 1000)


def _exchange(cloud: Cloud, order: Order, statistics: Statistics) -> Exchange:
    opened = HttpExchange if order.destination == "api" else StreamExchange
    return opened.open(cloud, order.connections, statistics.observe)
