"""Choose the hours of a run: those changed or not yet sealed, or those requested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from chalicelib.ports import Clock
from chalicelib.rollup import turns, windows
from chalicelib.rollup.ports import HourMarks
from chalicelib.rollup.work import Work

# A week: as much as a run can do before the next one starts.
MAX_DUE_HOURS = 168


@dataclass(frozen=True, slots=True)
class DetermineHours:
    marks: HourMarks
    clock: Clock
    max_hours: int = MAX_DUE_HOURS

    def __call__(self, payload: Mapping[str, object]) -> Work:
        """Determine the hours, in the order in which they are to be rolled up.

        Raises:
            BadRequest: the payload does not name hours.
        """
        asked = windows.parse(payload)
        if isinstance(asked, windows.Requested):
            return Work(asked.first.until(asked.end))
        return self._due(asked.window)

    def _due(self, window: Hour) -> Work:
        """Take the window even if it is empty or not due, and a fair choice of the due hours.

        Without a row, an hour in which nothing happened would look as if it was never rolled up.
        Hours that only need sealing have the room that is left: it changes no figure.
        """
        due = [one for one in self.marks.due(window) if one.hour != window]
        now_ms = self.clock()
        older = [one for one in due if one.has_changed]
        ready = [one for one in older if turns.is_ready(one, now_ms)]
        taken = turns.by_turns(ready, self.max_hours - 1)
        unsealed = [one for one in due if not one.has_changed and turns.is_ready(one, now_ms)]
        return Work(
            [window, *taken],
            len(older) - len(taken),
            len(older) - len(ready),
            turns.by_turns(unsealed, self.max_hours - 1 - len(taken)),
        )
