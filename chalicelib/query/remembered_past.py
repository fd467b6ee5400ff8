"""Values of hours, of which those of days ago seldom change and are read once a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from chalicelib.model.period import Period

RECENT_HOURS = 48


type Read[V] = Callable[[Hour, Hour], Mapping[Hour, V]]


@dataclass(slots=True)
class RememberedPast[V]:
    """In the memory of one process; not for several threads at once."""

    _hours: Period | None = None
    _read_ms: int = 0
    _values: Mapping[Hour, V] = field(default_factory=dict)

    def values(self, read: Read[V], hours: Period, now_ms: int) -> dict[Hour, V]:
        """Return what there is of these hours, and of those of days ago as of a minute ago.

        Raises:
            StoreUnavailable
        """
        recent = max(hours.first, hours.end.plus(-RECENT_HOURS))
        past = Period(hours.first, recent)
        if past == self._hours and now_ms - self._read_ms < MINUTE_MS:
            return {**self._values, **read(recent, hours.end)}
        values = read(hours.first, hours.end)
        self._values = {hour: value for hour, value in values.items() if hour in past}
        self._hours, self._read_ms = past, now_ms
        return {**values}
