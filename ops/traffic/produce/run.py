"""A producer run against a cloud: wired, watched, and told of at its end."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from ops.kit.console import err
from ops.local.cloud import Cloud
from ops.traffic.generator import Planned, live
from ops.traffic.produce import show
from ops.traffic.produce.crew import Crew
from ops.traffic.produce.produce import Limit, Produce
from ops.traffic.produce.stop import Stop
from ops.traffic.produce.tally import Tally
from ops.traffic.sending.http_exchange import HttpExchange
from ops.traffic.sending.reply import Exchange
from ops.traffic.sending.send_batch import SendBatch
from ops.traffic.sending.stream_exchange import StreamExchange

type Target = Literal["api", "stream"]
TITLES: dict[Target, str] = {"api": "sent to the API", "stream": "sent to the streams"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a producer; a duration of 0 has no end."""

    rate: float
    duration_s: float
    batch_size: int
    event_types: frozenset[str]
    target: Target
    connections: int
    seed: int
    with_mistakes: bool

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
        OperationFailed: an answer that no later attempt would better; printed after the rest.
    """
    stop, tally = Stop(), Tally()
    exchange = _exchange(cloud, order, tally)
    clock = _Clock()
    crew = Crew(order.connections, stop)
    send = SendBatch(exchange=exchange, pause=stop.pause, jitter=random.random, clock=clock)
    with stop.on_signals():
        try:
            _produce(order, crew, send, clock, tally)
            if stop.is_set:
                err.print("Stopping when what is on its way has been answered for.")
            crew.finish()
        finally:
            show.statistics(tally, order.rate)
    if tally.n_lost:
        return 1
    return 128 + stop.signal_number if stop.signal_number else 0


def _produce(order: Order, crew: Crew, send: SendBatch, clock: _Clock, tally: Tally) -> None:
    with show.bars() as bars:
        task = bars.add_task(TITLES[order.target], total=order.n_events, note="")

        def progress(tally: Tally) -> None:
            bars.update(task, completed=tally.n_sent, note=show.note(tally))

        produce = Produce(
            send=send,
            connections=crew,
            clock=clock,
            pause=crew.stop.pause,
            tally=tally,
            show=progress,
        )
        start_ms = clock()
        produce(order.planned(start_ms), order.batch_size, order.limit(start_ms))
        crew.drain()


class _Clock:
    """The time of day, which here only moves forward and steadily."""

    def __init__(self) -> None:
        self._began_ms = time.time() * 1000 - time.monotonic() * 1000

    def __call__(self) -> int:
        return int(self._began_ms + time.monotonic() * 1000)


def _exchange(cloud: Cloud, order: Order, tally: Tally) -> Exchange:
    if order.target == "api":
        return HttpExchange.open(cloud, order.connections, tally.observe)
    return StreamExchange.open(cloud, order.connections, tally.observe)
