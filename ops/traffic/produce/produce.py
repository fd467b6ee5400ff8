"""Send each event when it is due, however long the answers take."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import NamedTuple, Protocol

from chalicelib.ports import Clock
from chalicelib.traffic.stories import Event
from ops.traffic.generator import Planned
from ops.traffic.produce.statistics import Statistics
from ops.traffic.sending.reply import Sent

# A hiccup near the end costs no events; a longer delay could not be caught up.
GRACE_MS = 5_000


class Limit(NamedTuple):
    """How many events there are, and when the last of them is due."""

    n_events: int
    end_ms: int


class Connections(Protocol):
    def is_free(self, patience_s: float) -> bool: ...
    def start(self, task: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Produce:
    """Open loop: the plan alone decides when a batch is sent, on a free connection.

    With no free connection it waits, which counts as delay; an event keeps the timestamp at which
    it was due. Events that can't be sent soon after the end are skipped, and counted.
    """

    send: Callable[[Sequence[Event]], Sent]
    connections: Connections
    clock: Clock
    pause: Callable[[float], bool]
    statistics: Statistics
    show: Callable[[Statistics], None]

    def __call__(
        self, planned: Iterable[Planned], batch_size: int, limit: Limit | None = None
    ) -> None:
        """Return when the last batch is under way, or on a stop."""
        start_ms, n_begun = self.clock(), 0
        for batch in batched(planned, batch_size):
            due_ms = batch[-1].send_ms
            if not self._is_due(due_ms):
                return
            if not self._has_connection(limit):
                # After a stop, events that were not sent are not skipped ones.
                if limit and self.pause(0):
                    self.statistics.n_skipped = limit.n_events - n_begun
                return
            now_ms = self.clock()
            self.statistics.started(now_ms - due_ms, now_ms - start_ms)
            n_begun += len(batch)
            self.connections.start(partial(self._send, batch))

    def _is_due(self, due_ms: int) -> bool:
        """Wait until the moment, which may have passed; return False on a stop."""
        return self.pause(max(0, due_ms - self.clock()) / 1000)

    def _has_connection(self, limit: Limit | None) -> bool:
        patience_s = (limit.end_ms + GRACE_MS - self.clock()) / 1000 if limit else math.inf
        return patience_s > 0 and self.connections.is_free(patience_s)

    def _send(self, batch: Sequence[Planned]) -> None:
        self.statistics.add(batch, self.send([one.event for one in batch]))
        self.show(self.statistics)
