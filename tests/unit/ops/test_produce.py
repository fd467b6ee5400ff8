"""The producer's pace, on a clock that only pauses and requests move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import pytest
import typer

from chalicelib.traffic.stories import Event
from ops.commands.produce import event_types_of
from ops.traffic.generator import TYPES, live
from ops.traffic.produce.produce import GRACE_MS, Limit, Produce
from ops.traffic.produce.run import Order
from ops.traffic.produce.statistics import Statistics
from ops.traffic.sending.reply import Sent
from tests.builders import NOON_MS

RATE = 100


@dataclass
class World:
    """Connections that each take `request_ms`; a batch is answered at once, but keeps one busy."""

    request_ms: int = 0
    n_connections: int = 1
    stops_at_ms: float = float("inf")
    now_ms: int = 0
    free_at_ms: list[int] = field(default_factory=list)
    sent_at_ms: list[int] = field(default_factory=list)
    batches: list[Sequence[Event]] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)

    def __post_init__(self) -> None:
        self.free_at_ms = [0] * self.n_connections

    def pause(self, seconds: float) -> bool:
        until_ms = self.now_ms + round(seconds * 1000)
        if until_ms >= self.stops_at_ms:
            self.now_ms = max(self.now_ms, round(self.stops_at_ms))
            return False
        self.now_ms = until_ms
        return True

    def is_free(self, patience_s: float) -> bool:
        wait_ms = max(0, min(self.free_at_ms) - self.now_ms)
        return wait_ms <= patience_s * 1000 and self.pause(wait_ms / 1000)

    def start(self, task: Callable[[], None]) -> None:
        self.free_at_ms.remove(min(self.free_at_ms))
        self.free_at_ms.append(self.now_ms + self.request_ms)
        self.sent_at_ms.append(self.now_ms)
        task()

    def send(self, events: Sequence[Event]) -> Sent:
        self.batches.append(events)
        return Sent([{"status": "accepted"} for _ in events], 0, None)

    def produce(self, n_events: int, batch_size: int = 10) -> Statistics:
        produce = Produce(
            send=self.send,
            connections=self,
            clock=lambda: self.now_ms,
            pause=self.pause,
            statistics=self.statistics,
            show=lambda _statistics: None,
        )
        planned = islice(live(0, rate=RATE), n_events)
        produce(planned, batch_size, Limit(n_events, n_events * 1000 // RATE))
        return self.statistics


def test_a_batch_is_sent_when_its_last_event_is_due() -> None:
    world = World()

    statistics = world.produce(n_events=35)

    assert world.sent_at_ms == [100, 200, 300, 350]
    assert [len(batch) for batch in world.batches] == [10, 10, 10, 5]
    assert (statistics.n_sent, statistics.rate, statistics.delay_ms) == (35, RATE, 0)


def test_slow_answers_do_not_lower_the_rate_while_a_connection_is_free() -> None:
    world = World(request_ms=390, n_connections=4)

    statistics = world.produce(n_events=1_000)

    assert world.sent_at_ms == list(range(100, 10_001, 100))
    assert (statistics.rate, statistics.is_behind, statistics.n_lost) == (RATE, False, 0)


def test_after_a_hiccup_the_schedule_is_caught_up_with() -> None:
    world = World(now_ms=700)

    statistics = world.produce(n_events=100)

    assert world.sent_at_ms == [700] * 7 + [800, 900, 1_000]
    assert (statistics.delay_ms, statistics.is_behind, statistics.n_lost) == (600, False, 0)


def test_who_cannot_keep_up_says_so_and_skips_what_is_left_soon_after_the_end() -> None:
    world = World(request_ms=1_000)

    statistics = world.produce(n_events=1_000)

    assert world.sent_at_ms[-1] <= 10_000 + GRACE_MS
    assert statistics.n_sent == 10 * len(world.sent_at_ms) == 150
    assert statistics.n_skipped == 1_000 - 150 == statistics.n_lost
    assert statistics.is_behind
    assert statistics.delay_ms == 100 + 14 * 1_000 - 1_500
    assert statistics.rate == pytest.approx(10, rel=0.1)


def test_what_is_late_keeps_the_moment_at_which_it_was_due() -> None:
    world = World(request_ms=500)
    world.produce(n_events=30)

    on_time = World()
    on_time.produce(n_events=30)

    assert world.sent_at_ms != on_time.sent_at_ms
    assert world.batches == on_time.batches


@pytest.mark.parametrize("request_ms", [0, 5_000], ids=["pausing", "waiting for a connection"])
def test_told_to_stop_it_begins_nothing_more_and_has_lost_nothing(request_ms: int) -> None:
    world = World(request_ms=request_ms, stops_at_ms=350)

    statistics = world.produce(n_events=1_000)

    assert statistics.n_sent == 10 * len(world.sent_at_ms) == (10 if request_ms else 30)
    assert statistics.n_lost == 0


def test_an_order_knows_how_many_events_it_takes() -> None:
    assert make_order(rate=2.5, duration_s=10).n_events == 25
    assert make_order(rate=0.1, duration_s=1).n_events == 1
    assert make_order(rate=2.5, duration_s=10).limit(NOON_MS) == Limit(25, NOON_MS + 10_000)


def test_an_order_without_a_duration_has_no_end() -> None:
    order = make_order(duration_s=0)

    assert order.limit(NOON_MS) is None
    assert len(list(islice(order.planned(NOON_MS), 5_000))) == 5_000


def make_order(rate: float = RATE, duration_s: float = 1) -> Order:
    return Order(
        rate=rate,
        duration_s=duration_s,
        batch_size=10,
        event_types=TYPES,
        destination="api",
        connections=1,
        seed=1,
        with_mistakes=False,
    )


def test_event_types_are_a_list_with_commas() -> None:
    assert event_types_of("page_view, click,") == {"page_view", "click"}
    assert event_types_of("") == TYPES


def test_an_unknown_event_type_is_named_with_those_that_there_are() -> None:
    with pytest.raises(typer.BadParameter) as refused:
        event_types_of("page_view,page_vew")

    assert refused.value.message.startswith("page_vew: ")
    assert all(name in refused.value.message for name in TYPES)
