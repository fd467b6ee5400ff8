"""Consecutive hours, and the UTC days that contain them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The hours from `first` to before `end`."""

    first: Hour
    end: Hour

    @property
    def hours(self) -> list[Hour]:
        return self.first.until(self.end)

    def __contains__(self, hour: Hour) -> bool:
        return self.first <= hour < self.end

    def by_hour(self) -> Iterator[Period]:
        for hour in self.hours:
            yield Period(hour, hour.plus(1))

    def by_day(self) -> Iterator[Period]:
        """Cut at midnight, UTC; the first and the last may be parts of days."""
        first = self.first
        while first < self.end:
            midnight = Hour(first.start_ms - first.start_ms % DAY_MS + DAY_MS)
            yield Period(first, min(midnight, self.end))
            first = midnight
