"""The hours that one run is to roll up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True)
class Work:
    """`n_left` is how many due hours wait for the next run; `str()` is the one line it logs."""

    hours: Sequence[Hour]
    n_left: int = 0

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """Render what the state machine maps over."""
        return {"hours": [{"window_start": hour.window_start} for hour in self.hours]}

    def __str__(self) -> str:
        line = {
            "event": "hours determined",
            "hours": len(self.hours),
            "first": self.hours[0].window_start,
            "last": self.hours[-1].window_start,
            "left": self.n_left,
        }
        return orjson.dumps(line).decode()
