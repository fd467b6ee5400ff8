"""What was read before and is still right, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.model.hour import Hour
from chalicelib.model.period import Period
from chalicelib.model.rollup import HourMark

type Marks = Mapping[Hour, HourMark]
type Version = tuple[int, ...]
type HourKey = tuple[Hour, Version]


@dataclass(slots=True)
class Memo[K, V]:
    """Keeps the `most` values that were used last; not for several threads at once."""

    most: int
    _values: OrderedDict[K, V] = field(default_factory=OrderedDict, repr=False)

    def known(self, keys: Iterable[K]) -> dict[K, V]:
        found = {key: self._values[key] for key in keys if key in self._values}
        for key in found:
            self._values.move_to_end(key)
        return found

    def keep(self, values: Mapping[K, V]) -> None:
        self._values.update(values)
        while len(self._values) > self.most:
            self._values.popitem(last=False)


def version_of(hours: Iterable[Hour], marks: Marks) -> Version | None:
    """Name the rollups that hours have, None while one of them is due.

    A finished rollup has a mark that no other has, and its rows stay the same. So what is read
    consistently after the marks belongs to their version, or to one that is still to be marked.
    """
    version = []
    for hour in hours:
        mark = marks.get(hour)
        if mark and mark.is_due:
            return None
        version.append(mark.rolled if mark else 0)
    return tuple(version)


@dataclass(frozen=True, slots=True)
class RememberedHours[V]:
    """Values of hours, each read again only once its hour was rolled up again."""

    read: Callable[[Hour, Hour], Mapping[Hour, V]]
    memo: Memo[HourKey, V | None]

    def values(self, period: Period, marks: Marks) -> dict[Hour, V]:
        """Return the value of every hour that has one."""
        versions = {hour: version_of([hour], marks) for hour in period.hours}
        keys = {hour: (hour, version) for hour, version in versions.items() if version}
        known = self.memo.known(keys.values())
        unknown = [hour for hour in period.hours if hour not in keys or keys[hour] not in known]
        found = self.read(unknown[0], unknown[-1].plus(1)) if unknown else {}
        self.memo.keep({keys[hour]: found.get(hour) for hour in unknown if hour in keys})
        before = {hour: known.get(key) for hour, key in keys.items()}
        return {hour: value for hour, value in {**before, **found}.items() if value is not None}
