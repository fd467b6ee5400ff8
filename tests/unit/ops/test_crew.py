"""Connections at work: no more than agreed, and none that outlives the wish to stop."""

from __future__ import annotations

import os
import signal
from threading import Event

import pytest

from ops.kit.errors import OperationFailed
from ops.traffic.produce.crew import Crew
from ops.traffic.produce.stop import Stop


def fail() -> None:
    raise OperationFailed("The API answered 403")


def test_a_busy_crew_is_waited_for_only_so_long() -> None:
    crew, go_on = Crew(1, Stop()), Event()
    assert crew.is_free(0.0)

    def wait() -> None:
        go_on.wait()

    crew.start(wait)

    assert not crew.is_free(0.01)
    go_on.set()
    assert crew.is_free(10.0)
    crew.finish()


def test_the_wish_to_stop_ends_waiting_for_a_connection() -> None:
    stop = Stop()
    crew = Crew(1, stop)
    assert crew.is_free(0.0)
    stop.set()

    assert not crew.is_free(600.0)
    crew.finish()


def test_drained_means_that_every_task_is_done() -> None:
    crew, done = Crew(3, Stop()), list[int]()
    for n in range(20):
        assert crew.is_free(10.0)
        crew.start(lambda n=n: done.append(n))  # type: ignore[misc]

    crew.drain()

    assert sorted(done) == list(range(20))
    crew.finish()


def test_an_error_stops_everything_and_is_raised_at_the_end() -> None:
    stop = Stop()
    crew = Crew(2, stop)
    assert crew.is_free(0.0)
    crew.start(fail)

    with pytest.raises(OperationFailed):
        crew.finish()
    assert stop.is_set


def test_a_pause_ends_with_the_wish_to_stop() -> None:
    stop = Stop()

    assert stop.pause(0.0)
    stop.set()
    assert not stop.pause(600.0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_wish_to_stop_and_a_second_one_is_not_ours(number: signal.Signals) -> None:
    stop, before = Stop(), signal.getsignal(number)

    with stop.on_signals():
        os.kill(os.getpid(), number)
        assert not stop.pause(10.0)
        assert signal.getsignal(number) == signal.SIG_DFL

    assert stop.signal_number == number
    assert signal.getsignal(number) == before
