"""Choose the looks that show an experiment's history when there are more than were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from chalicelib.model.experiment_results import Look


def thinned(looks: Sequence[Look], most: int) -> list[Look]:
    """Return the looks of at most so many times, which is at least two.

    The first and the newest are kept, then the newest changes of a verdict; what room is left is
    for others at regular distances.
    """
    times = [list(some) for _, some in groupby(looks, key=lambda look: look.at_ms)]
    if len(times) <= most:
        return [*looks]
    kept = {0, len(times) - 1}
    changes = [*_changes(times)]
    kept.update(changes[len(changes) - min(most - len(kept), len(changes)) :])
    rest = [place for place in range(len(times)) if place not in kept]
    room = most - len(kept)
    kept.update(rest[step * len(rest) // room] for step in range(room))
    return [look for place in sorted(kept) for look in times[place]]


def _changes(times: Sequence[Sequence[Look]]) -> Iterator[int]:
    """Yield the places at which any variant's verdict is another than the time before."""
    before: dict[str, str] = {}
    for place, some in enumerate(times):
        now = {look.variant: str(look.verdict) for look in some}
        if 0 < place < len(times) - 1 and now != before:
            yield place
        before = now
