"""Medians of works measured in turn, so that whatever else the machine does hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def medians(*works: Callable[[], object], repeats: int = 7) -> list[float]:
    """Return each work's median seconds; one round of all is run beforehand, unmeasured."""
    for work in works:
        work()
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, taken in zip(works, seconds, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in seconds]


def micros_per_item(n_items: int, *works: Callable[[], object]) -> list[float]:
    """Return each work's median microseconds an item; small works are repeated more often."""
    repeats = min(60, 7 + 5_000 // n_items)
    return [seconds / n_items * 1e6 for seconds in medians(*works, repeats=repeats)]
