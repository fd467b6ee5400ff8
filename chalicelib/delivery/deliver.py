"""Put events into their streams, with retries, until they are stored or time is up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.delivery.parcel import parcels
from chalicelib.delivery.ports import StreamWriter
from chalicelib.errors import StoreUnavailable
from chalicelib.ports import Sleep

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0


class Delivery(NamedTuple):
    """`failed` events may be stored nevertheless, if the outcome of a call is unknown."""

    failed: frozenset[int]
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Retries only what failed, with full jitter.

    No call starts that could end after the budget, given that a call takes at most `call_limit_s`;
    but the first is always made. If the outcome of a call is unknown, its events are put again:
    readers remove duplicates, but a lost event can't be recovered.
    """

    streams: StreamWriter
    timer: Callable[[], float]
    sleep: Sleep
    jitter: Callable[[], float]
    budget_s: float
    call_limit_s: float

    def __call__(self, outgoing: Mapping[int, Outgoing]) -> Delivery:
        latest_start = self.timer() + self.budget_s - self.call_limit_s
        pending: Sequence[int] = list(outgoing)
        attempts, error = 0, None
        while pending and (attempts == 0 or self._has_waited(attempts, latest_start)):
            attempts += 1
            pending, error = self._put(pending, outgoing, latest_start)
        return Delivery(frozenset(pending), attempts, error)

    def _has_waited(self, attempts: int, latest_start: float) -> bool:
        pause = self.jitter() * min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempts)
        if self.timer() + pause > latest_start:
            return False
        self.sleep(pause)
        return True

    def _put(
        self, pending: Sequence[int], outgoing: Mapping[int, Outgoing], latest_start: float
    ) -> tuple[list[int], str | None]:
        left: list[int] = []
        error = None
        for number, (stream, indexes) in enumerate(parcels(outgoing, pending)):
            if number and self.timer() > latest_start:
                left.extend(indexes)
                continue
            try:
                refused = self.streams.put(stream, [outgoing[index].record for index in indexes])
                left.extend(indexes[place] for place in refused)
            except StoreUnavailable as unavailable:
                left.extend(indexes)
                error = str(unavailable)
        return left, error
