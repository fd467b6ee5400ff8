"""What a report asks of the stored rollups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup


class RollupReader(Protocol):
    """Rollups of the hours from `first` to before `end`, as they are stored now."""

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        """Return a type's rollups, oldest first; an hour without a row is left out.

        Raises:
            Unreadable: a row was stored by a version that kept no sketches.
        """
        ...

    def event_types(self, first: Hour, end: Hour) -> frozenset[str]:
        """Return every type that may have a row, `_all` not among them."""
        ...
