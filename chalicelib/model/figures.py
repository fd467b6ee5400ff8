"""What judging an hour needs to know about one event type."""

from __future__ import annotations

from typing import NamedTuple


class Figures(NamedTuple):
    """Over the hour's events, each counted once; the latency is None if none was measured."""

    events: int
    errors: int = 0
    latencies: int = 0
    latency_p95_ms: float | None = None
