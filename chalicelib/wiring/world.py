"""The clock and the threads that every wing shares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache

# Enough to overlap the calls to AWS; what they hold at once stays below 500 MB.
PARALLEL_OBJECTS = 4


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def in_parallel[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do as `map` does, in threads, so that calls to AWS overlap."""
    return list(_workers().map(work, items))


# Cached, since new threads would allocate all their memory again.
@cache
def _workers() -> Executor:
    return ThreadPoolExecutor(PARALLEL_OBJECTS)
