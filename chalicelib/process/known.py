"""What is known of the experiments' definitions, and for the records of which time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.experiment import EFFECTIVE_AFTER_MS, Experiment, Status


@dataclass(frozen=True, slots=True)
class Known:
    """The current versions, as they were read at `read_ms`."""

    read_ms: int
    current: Sequence[Experiment]

    @property
    def until_ms(self) -> int:
        """From when on a change that was not read may be in effect."""
        return self.read_ms + EFFECTIVE_AFTER_MS

    @property
    def quiet_since_ms(self) -> float:
        """Return from when on no experiment is running; a draft never was."""
        if any(one.status is Status.RUNNING for one in self.current):
            return math.inf
        stops = (one.effective_ms for one in self.current if one.status is Status.STOPPED)
        return max(stops, default=-math.inf)

    def earlier_than(self, at_ms: int) -> list[Experiment]:
        """Return those of which an older version than the current one is in effect."""
        return [one for one in self.current if one.effective_ms > at_ms and one.version > 1]


def running_at(at_ms: int, versions: Mapping[str, Sequence[Experiment]]) -> list[Experiment]:
    """Return the versions in effect, of experiments that are running, from those of each."""
    found = (
        max(
            (one for one in some if one.effective_ms <= at_ms),
            key=lambda one: one.version,
            default=None,
        )
        for some in versions.values()
    )
    return [one for one in found if one is not None and one.status is Status.RUNNING]


def interval(at_ms: int, versions: Iterable[Experiment]) -> tuple[float, float]:
    """Return from when and until when the same versions are in effect as at this time."""
    first, end = -math.inf, math.inf
    for one in versions:
        if one.effective_ms <= at_ms:
            first = max(first, one.effective_ms)
        else:
            end = min(end, one.effective_ms)
    return first, end
