"""The clock and the threads that every wing shares."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache

# Enough to overlap the calls to AWS; what they hold at once stays below 500 MB.
PARALLEL_OBJECTS = 4


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def in_parallel[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do as `map` does, in threads, so that calls to AWS overlap."""
    return list(_workers().map(work, items))


def ahead[T, R](work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Do as `map` does, in threads, and no more than a few items before they are asked for."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(_workers().submit(work, item))
        if len(waiting) > PARALLEL_OBJECTS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# Cached, since new threads would allocate all their memory again.
@cache
def _workers() -> Executor:
    return ThreadPoolExecutor(PARALLEL_OBJECTS)
