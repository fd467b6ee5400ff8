"""A fixed number of connections that work in parallel."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore

from ops.traffic.produce.stop import Stop

# How soon a wait for a free connection notices a stop.
LOOK_UP_S = 0.1


@dataclass(slots=True)
class Crew:
    """An error in a task stops the others, and is raised by `finish`."""

    size: int
    stop: Stop
    _error: BaseException | None = None
    _free: Semaphore = field(init=False)
    _pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._free = Semaphore(self.size)
        self._pool = ThreadPoolExecutor(self.size)

    def is_free(self, patience_s: float) -> bool:
        """Wait for a free connection and take it; return False when none came free in time."""
        while not self._free.acquire(timeout=max(0.0, min(LOOK_UP_S, patience_s))):
            patience_s -= LOOK_UP_S
            if patience_s <= 0 or self.stop.is_set:
                return False
        return True

    def start(self, task: Callable[[], None]) -> None:
        """Run a task on the connection that was taken, and free it afterwards."""
        self._pool.submit(task).add_done_callback(self._done)

    def drain(self) -> None:
        """Wait until no task is under way, or until a stop."""
        all(self.is_free(math.inf) for _ in range(self.size))

    def finish(self) -> None:
        """Wait for all tasks.

        Raises:
            BaseException: the first error that a task ended with.
        """
        self._pool.shutdown()
        if self._error:
            raise self._error

    def _done(self, task: Future[None]) -> None:
        error = task.exception()
        if error:
            self._error = self._error or error
            self.stop.set()
        self._free.release()
