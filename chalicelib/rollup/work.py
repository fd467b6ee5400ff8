"""The hours that one run will roll up and seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure

# What the state machine knows an hour by that it need not roll up.
UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Work:
    """`n_left` is the number of changed hours left for later runs.

    `n_backed_off` of them are left because they keep failing, and the rest for want of room.
    `unsealed` hours have not changed, and are only sealed.
    """

    hours: Sequence[Hour]
    n_left: int = 0
    n_backed_off: int = 0
    unsealed: Sequence[Hour] = ()

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """Render what the state machine maps over."""
        changed = [{"window_start": hour.window_start} for hour in self.hours]
        unchanged = [
            {"window_start": hour.window_start, "status": UNCHANGED} for hour in self.unsealed
        ]
        return {"hours": [*changed, *unchanged]}

    @property
    def line(self) -> Mapping[str, object]:
        return {
            "event": "hours determined",
            "hours": len(self.hours),
            "first": min(self.hours).window_start,
            "last": max(self.hours).window_start,
            "left": self.n_left,
            "backed_off": self.n_backed_off,
            "unsealed": len(self.unsealed),
        }

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {Measure.HOURS_LEFT: self.n_left}
