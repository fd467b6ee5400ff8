"""The clock and the threads that every wing shares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache

# Enough to hide the calls to AWS behind each other; what they hold at once stays below 500 MB.
PARALLEL_OBJECTS = 4


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def in_parallel[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do as `map` does, with most of the calls to AWS waited for at once."""
    return list(_workers().map(work, items))


# Kept, since new threads would ask the system for all their memory again.
@cache
def _workers() -> Executor:
    return ThreadPoolExecutor(PARALLEL_OBJECTS)
