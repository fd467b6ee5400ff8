"""Times of works that take turns, so that whatever else the machine does slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

type Work = Callable[[], object]
type Clock = Callable[[], float]

# Stops while another process has the core, which would hit the longer of two works more often.
CPU_CLOCK: Clock = time.process_time
# For works of several threads, which are to be judged by when the last of them is done.
WALL_CLOCK: Clock = time.perf_counter


def clock_with(*pids: int) -> Clock:
    """Return a clock of the CPU time of this process and of others that work for it.

    Where the system doesn't say what others have used, it is the wall clock.
    """
    files = [Path(f"/proc/{pid}/schedstat") for pid in pids]
    if not all(file.exists() for file in files):
        return WALL_CLOCK
    return lambda: CPU_CLOCK() + sum(int(file.read_text().split()[0]) for file in files) / 1e9


def take_turns(*works: Work, turns: int, clock: Clock) -> tuple[list[float], ...]:
    """Return each work's seconds turn by turn: A B, A B, and so on.

    One turn is run beforehand, unmeasured.
    """
    for work in works:
        work()
    seconds: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(turns):
        for work, taken in zip(works, seconds, strict=True):
            start = clock()
            work()
            taken.append(clock() - start)
    return seconds


def repeated(work: Work, calls: int) -> Work:
    """Return a work long enough for the clock: so many calls of this one."""

    def all_calls() -> None:
        for _ in range(calls):
            work()

    return all_calls


def micros_per_item(n_items: int, *works: Work) -> list[float]:
    """Return each work's median microseconds of CPU time an item; small works take more turns."""
    turns = min(60, 7 + 5_000 // n_items)
    return [
        statistics.median(taken) / n_items * 1e6
        for taken in take_turns(*works, turns=turns, clock=CPU_CLOCK)
    ]
