"""What a producer has sent so far, counted as the answers arrive."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from ops.traffic.generator import Planned
from ops.traffic.sending.reply import Answers, Sent

# A delay above this is reported.
BEHIND_MS = 1_000


@dataclass(slots=True)
class Statistics:
    """Filled by several threads at once.

    `n_skipped` events were due but never sent, because no connection was free; `delay_ms` is the
    longest time between when a batch was due and when it was sent.
    """

    answers: Answers = field(default_factory=Answers)
    n_refused_unplanned: int = 0
    n_retries: int = 0
    n_skipped: int = 0
    delay_ms: int = 0
    spent_ms: int = 0
    error: str | None = None
    latencies_s: array[float] = field(default_factory=lambda: array("d"))
    _lock: Lock = field(default_factory=Lock)

    def add(self, batch: Sequence[Planned], sent: Sent) -> None:
        with self._lock:
            self.answers.add(sent.results)
            self.n_retries += sent.retries
            self.error = sent.error or self.error
            self.n_refused_unplanned += sum(
                one.kind != "invalid" and result["status"] == "refused"
                for one, result in zip(batch, sent.results, strict=True)
            )

    def observe(self, seconds: float) -> None:
        """Record how long one request took."""
        with self._lock:
            self.latencies_s.append(seconds)

    def started(self, delay_ms: int, spent_ms: int) -> None:
        """Record how late a batch was sent, and how long after the start."""
        self.delay_ms = max(self.delay_ms, delay_ms)
        self.spent_ms = spent_ms

    @property
    def n_sent(self) -> int:
        return self.answers.by_status.total()

    @property
    def n_lost(self) -> int:
        """Count events that should be stored and are not; those invalid on purpose don't count."""
        return self.answers.n_failed + self.n_refused_unplanned + self.n_skipped

    @property
    def is_behind(self) -> bool:
        return self.n_skipped > 0 or self.delay_ms >= BEHIND_MS

    @property
    def rate(self) -> float:
        """Events per second, until the last of them were sent."""
        return self.n_sent * 1000 / self.spent_ms if self.spent_ms else 0.0

    def percentiles_ms(self, *quantiles: int) -> list[float]:
        """Return exact percentiles of all requests, by nearest rank; none without a request."""
        ordered = sorted(self.latencies_s)
        if not ordered:
            return []
        return [ordered[max(0, math.ceil(len(ordered) * q / 100) - 1)] * 1000 for q in quantiles]
