"""What experiments need from the outside world.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.model.experiment import Experiment


class Definitions(Protocol):
    def find(self, experiment_id: str) -> Experiment | None:
        """Return the current version, by a consistent read."""
        ...

    def current(self) -> Sequence[Experiment]:
        """Return the current version of every experiment, by id."""
        ...

    def save(self, experiment: Experiment, replaces: int | None) -> None:
        """Store a version; it becomes the current one in place of `replaces`, or else the first.

        Raises:
            VersionConflict: the current version is not `replaces`, so nothing was stored.
        """
        ...
