"""The hours that one run will roll up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure


@dataclass(frozen=True, slots=True)
class Work:
    """`n_left` is the number of due hours left for the next run."""

    hours: Sequence[Hour]
    n_left: int = 0

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """Render what the state machine maps over."""
        return {"hours": [{"window_start": hour.window_start} for hour in self.hours]}

    @property
    def line(self) -> Mapping[str, object]:
        return {
            "event": "hours determined",
            "hours": len(self.hours),
            "first": self.hours[0].window_start,
            "last": self.hours[-1].window_start,
            "left": self.n_left,
        }

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}
