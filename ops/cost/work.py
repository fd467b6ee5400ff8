"""A month of one function, in the terms that Lambda bills."""

from __future__ import annotations

from dataclasses import dataclass

from ops.cost import measured
from ops.cost.quantity import count


@dataclass(frozen=True, slots=True)
class Work:
    """A month of one function, or of several similar ones: all runs together."""

    name: str
    runs: float
    waiting_ms: float
    processor_ms: float
    memory_mb: int

    @property
    def gb_seconds(self) -> float:
        return self.duration_ms / 1_000 * self.memory_mb / 1_024

    @property
    def duration_ms(self) -> float:
        """The duration in total: one thread gains nothing from more than one processor."""
        share = min(1.0, self.memory_mb / measured.MB_PER_CPU)
        return self.waiting_ms + self.processor_ms / share

    @property
    def why(self) -> str:
        if not self.runs:
            return f"{self.name} 0"
        each = self.duration_ms / self.runs
        return f"{self.name} {count(self.runs)} of {each:,.0f} ms at {self.memory_mb} MB"
