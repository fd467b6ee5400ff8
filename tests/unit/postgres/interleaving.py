"""Run transactions step by step, in an order that a schedule says, on real connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from threading import Condition, Thread

import psycopg

from chalicelib.errors import PipelineError
from chalicelib.postgres import statements

STEPS = 4
# Before each of these statements a transaction waits for its turn, and before its commit.
_GATES = {
    ("before", statements.LOCK_USERS),
    ("before", statements.STORE_CLICKS),
    ("before", statements.STORE_CHECKOUTS),
    ("before", statements.TOUCH_CHECKOUTS),
    ("after", statements.ATTRIBUTE),
}


def schedules() -> Iterator[tuple[int, ...]]:
    """Every interleaving of two transactions of this many steps.

    >>> len([*schedules()])
    70
    """
    for firsts in combinations(range(2 * STEPS), STEPS):
        yield tuple(0 if n in firsts else 1 for n in range(2 * STEPS))


@dataclass
class Actor:
    """A transaction in a thread of its own, which stops at every gate."""

    work: Callable[[], object] = lambda: None
    turn: Condition = field(default_factory=Condition)
    permits: int = 0
    is_waiting: bool = False
    is_done: bool = False
    error: PipelineError | None = None
    backend: int | None = None

    def prepare(self, work: Callable[[], object]) -> None:
        self.work, self.permits, self.is_done, self.error = work, 0, False, None

    def hook(self, moment: str, query: str) -> None:
        if (moment, query) not in _GATES:
            return
        with self.turn:
            self.is_waiting = True
            assert self.turn.wait_for(lambda: self.permits > 0, timeout=60)
            self.permits -= 1
            self.is_waiting = False

    def start(self) -> Thread:
        thread = Thread(target=self._run)
        thread.start()
        return thread

    def release(self) -> None:
        with self.turn:
            self.permits += 1
            self.turn.notify()

    @property
    def stands_at_a_gate(self) -> bool:
        with self.turn:
            return self.is_waiting and self.permits == 0

    def _run(self) -> None:
        try:
            self.work()
        except PipelineError as error:
            self.error = error
        finally:
            self.is_done = True


@dataclass(frozen=True)
class Stage:
    """Two actors, and a connection that sees which of them waits for a lock."""

    actors: Sequence[Actor]
    watcher: psycopg.Connection

    def play(self, schedule: Iterable[int]) -> None:
        threads = [actor.start() for actor in self.actors]
        for actor in self.actors:
            self._settle(actor)
        for number in schedule:
            self.actors[number].release()
            self._settle(self.actors[number])
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()

    def _settle(self, actor: Actor) -> None:
        """Wait until it stands at its next gate, is done, or waits for the other one's lock."""
        deadline = time.monotonic() + 60
        while not (actor.is_done or actor.stands_at_a_gate or self._is_blocked(actor)):
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def _is_blocked(self, actor: Actor) -> bool:
        if actor.backend is None:
            return False
        row = self.watcher.execute(
            "SELECT cardinality(pg_blocking_pids(%s))", (actor.backend,)
        ).fetchone()
        return row is not None and bool(row[0])
