"""Try again what failed because something was away, for so long and no longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from chalicelib.errors import StoreUnavailable
from chalicelib.ports import Sleep

BACKOFF_S = 0.1
MAX_BACKOFF_S = 15.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits longer and longer between attempts, and `longest_s` in all."""

    longest_s: float
    sleep: Sleep
    # Between 0 and 1, so that those who failed together don't come back together.
    jitter: Callable[[], float]

    def __call__[T](self, work: Callable[[], T], retried: Callable[[], None]) -> T:
        """Return what the work returns; `retried` is called before each further attempt.

        Raises:
            StoreUnavailable: of the last attempt.
        """
        waited_s = 0.0
        for attempt in count(1):
            try:
                return work()
            except StoreUnavailable:
                wait_s = min(MAX_BACKOFF_S, BACKOFF_S * 2**attempt) * self.jitter()
                waited_s += wait_s
                if waited_s > self.longest_s:
                    raise
                self.sleep(wait_s)
                retried()
        raise AssertionError
