"""What experiments need from the outside world.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import Look, Results
from chalicelib.model.hour import Hour


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


class PartialNames(Protocol):
    def names(self, first: Hour, end: Hour) -> Mapping[Hour, str]:
        """Return the key of the partial of each hour from `first` to before `end`, as it is now.

        An hour that was not rolled up since there were experiments is left out.
        """
        ...


class StoredResults(Protocol):
    """The newest results of each experiment, and every look there ever was."""

    def bases(self) -> Mapping[str, str]:
        """Return what the newest results of each experiment are based on."""
        ...

    def looks(self, experiment_id: str) -> Sequence[Look]:
        """List the looks so far, the oldest first."""
        ...

    def keep(self, results: Results, basis: str) -> None:
        """Store results and their look, in place of older results.

        Raises:
            Superseded: newer results are stored.
        """
        ...
