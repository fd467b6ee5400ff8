"""The hours that one run will roll up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure


@dataclass(frozen=True, slots=True)
class Work:
    """`n_left` is the number of due hours left for later runs.

    `n_backed_off` of them are left because they keep failing, and the rest for want of room.
    """

    hours: Sequence[Hour]
    n_left: int = 0
    n_backed_off: int = 0

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """Render what the state machine maps over."""
        return {"hours": [{"window_start": hour.window_start} for hour in self.hours]}

    @property
    def line(self) -> Mapping[str, object]:
        return {
            "event": "hours determined",
            "hours": len(self.hours),
            "first": min(self.hours).window_start,
            "last": max(self.hours).window_start,
            "left": self.n_left,
            "backed_off": self.n_backed_off,
        }

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {Measure.HOURS_LEFT: self.n_left}
