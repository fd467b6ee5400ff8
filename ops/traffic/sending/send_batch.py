"""Send a batch until each of its events has a final result, or attempts run out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.ports import Clock
from chalicelib.traffic.stories import Event
from ops.kit.errors import OperationFailed
from ops.traffic.sending import retry
from ops.traffic.sending.reply import EventResult, Exchange, Reply, Sent


@dataclass(slots=True)
class _Batch:
    """The results so far; `pending` are the positions of events to send again."""

    events: Sequence[Event]
    results: list[EventResult] = field(init=False)
    pending: list[int] = field(init=False)
    error: str | None = None

    def __post_init__(self) -> None:
        self.results = [{"status": "failed"} for _ in self.events]
        self.pending = list(range(len(self.events)))

    @property
    def body(self) -> bytes:
        return json.dumps([self.events[place] for place in self.pending]).encode()

    def take(self, reply: Reply) -> None:
        """Record a reply's results for the pending events.

        Raises:
            OperationFailed: the answer is not worth a retry.
        """
        results = reply.results
        if results is None and not retry.is_worth_it(reply.status):
            raise OperationFailed(str(reply))
        places, self.pending = self.pending, self.pending if results is None else []
        for place, result in zip(places, results or (), strict=results is not None):
            self.results[place] = result
            if result["status"] == "failed":
                self.pending.append(place)
        self.error = str(reply) if self.pending else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBatch:
    """Retries only the events that failed; `pause` returns False when there is no time left."""

    exchange: Exchange
    pause: Callable[[float], bool]
    jitter: Callable[[], float]
    clock: Clock
    max_attempts: int = retry.MAX_ATTEMPTS

    def __call__(self, events: Sequence[Event]) -> Sent:
        """Return the result of each event.

        Raises:
            OperationFailed: the answer is not worth a retry.
        """
        batch, retries = _Batch(events), 0
        for attempt in range(1, self.max_attempts + 1):
            reply = self.exchange(batch.body)
            batch.take(reply)
            retries += reply.retries + (attempt > 1)
            if not batch.pending or not self._has_waited(attempt, reply):
                break
        return Sent(batch.results, retries, batch.error)

    def _has_waited(self, attempt: int, reply: Reply) -> bool:
        if attempt == self.max_attempts:
            return False
        pause_s = retry.pause_s(attempt, reply.retry_after, self.clock(), self.jitter())
        return pause_s is not None and self.pause(pause_s)
