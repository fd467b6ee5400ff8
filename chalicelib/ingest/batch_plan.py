"""What is to become of each event of a batch, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest.outcome import Duplicate, Refused
from chalicelib.model.event import Rejected

type Planned = Outgoing | Duplicate | Refused


def plan(values: Iterable[object], take: Callable[[object], Outgoing]) -> list[Planned]:
    """Plan the events of a batch, each independently except for duplicates.

    A value that is `Refused` already could not be read.
    """
    planned: list[Planned] = []
    first_by_key: dict[tuple[str, str], int] = {}
    for index, value in enumerate(values):
        one: Planned = _taken(value, take)
        if isinstance(one, Outgoing):
            key = (one.record.partition_key, one.event_id)
            first = first_by_key.setdefault(key, index)
            one = one if first == index else Duplicate(one.event_id, first)
        planned.append(one)
    return planned


def _taken(value: object, take: Callable[[object], Outgoing]) -> Outgoing | Refused:
    if isinstance(value, Refused):
        return value
    try:
        return take(value)
    except Rejected as rejected:
        return Refused(rejected.problems)
