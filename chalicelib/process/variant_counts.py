"""What a chunk adds to the live counters of experiments."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.model import live, retention
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import CounterDelta, CounterKey
from chalicelib.model.marks import Marks


@dataclass(slots=True)
class VariantCounts:
    """An item for each experiment and hour; its update is far shorter than an expression may be.

    At most ten variants with two terms of at most 50 bytes make 1 KB of 4.
    """

    n_unknown: int = 0
    _items: set[tuple[str, str]] = field(default_factory=set)
    _counts: dict[tuple[str, Marks], int] = field(default_factory=dict)

    def new_items(self, hour: str, marks: Marks) -> set[tuple[str, str]]:
        """Return the items that an event needs and that the chunk doesn't have yet."""
        if (hour, marks) in self._counts:
            return set()
        return {(one.experiment_id, hour) for one in marks.counted} - self._items

    def open(self, items: set[tuple[str, str]]) -> None:
        self._items |= items

    def add(self, hour: str, marks: Marks) -> None:
        self.n_unknown += marks.error is not None
        self._counts[hour, marks] = self._counts.get((hour, marks), 0) + 1

    def deltas(self, shard: str) -> dict[CounterKey, CounterDelta]:
        """Return what to add to each item."""
        adds: dict[tuple[str, str], dict[str, int]] = {}
        for (hour, marks), n in self._counts.items():
            for experiment_id, variant, is_conversion in marks.counted:
                item = adds.setdefault((experiment_id, hour), {})
                _add(item, f"{live.VARIANT_EVENTS}{variant}", n)
                if is_conversion:
                    _add(item, f"{live.VARIANT_CONVERSIONS}{variant}", n)
        return {
            live.variant_key(experiment_id, hour, shard): CounterDelta(
                dict(sorted(item.items())), retention.of_hour(Hour.of_text(hour))
            )
            for (experiment_id, hour), item in adds.items()
        }


def _add(item: dict[str, int], name: str, n: int) -> None:
    item[name] = item.get(name, 0) + n
