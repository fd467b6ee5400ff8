"""What rolling up needs from the lake, the tables and the state machine.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import DueHour, HourlyRollup
from chalicelib.model.run import Run


class HourMarks(Protocol):
    """How often an hour has changed, and up to which of these counts it is rolled up."""

    def begin(self, hour: Hour, now_ms: int) -> int:
        """Add one, as a lake write does, and return the count; note when the hour was tried.

        So every rollup has a number of its own, above the mark of every lake write that it is
        certain to see, and its hour is due until it, or a later one, finishes.
        """
        ...

    def finish(self, hour: Hour, mark: int) -> bool:
        """Record that the hour is rolled up to this mark, unless it is further already.

        Return whether it has not changed since this mark.
        """
        ...

    def due(self, until: Hour) -> Sequence[DueHour]:
        """List the hours up to this one, inclusive, oldest first, that a run has to see to.

        They have changed since they were rolled up, or were rolled up since they were sealed.
        """
        ...


class Aggregates(Protocol):
    """An hour's rows, replaced as a set by the rollup with the highest mark."""

    def claim(self, hour: Hour, mark: int, figures: Mapping[str, Figures]) -> frozenset[str]:
        """Keep rollups of a lower mark from writing; return every type that may have a row.

        The figures of each type are stored for readers of many hours. In an hour's first claim
        they are of every type that will have a row.

        Raises:
            Superseded: a rollup of a higher mark has claimed the hour.
        """
        ...

    def replace(
        self,
        hour: Hour,
        mark: int,
        known: frozenset[str],
        rows: Sequence[HourlyRollup],
        gone: Collection[str],
    ) -> frozenset[str]:
        """Write rows and delete those of types that are gone: up to 99, together or not at all.

        `known` are the types that may have a row so far, as the claim or the last replacement
        returned them; return those that may have one now.

        Raises:
            Superseded: a rollup of a higher mark has claimed the hour.
        """
        ...

    def summarize(self, hour: Hour, mark: int, rows: Sequence[HourlyRollup]) -> None:
        """Keep all rows of an hour in one piece, once they are written, without their sketches.

        It may be left out, if it is too large.

        Raises:
            Superseded: a rollup of a higher mark has claimed the hour.
        """
        ...


class ObjectLister(Protocol):
    def keys(self, prefix: str) -> Sequence[str]:
        """List every key under a prefix, consistently."""
        ...


class ExperimentList(Protocol):
    def is_any(self) -> bool:
        """Say whether any experiment is defined, whatever its status."""
        ...


class PartialObjects(Protocol):
    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None: ...

    def keys(self, prefix: str) -> Sequence[str]:
        """List every key under a prefix, consistently."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object; one that is gone counts as a success."""
        ...


class LiveCounts(Protocol):
    def records_by_type(self, hour: Hour) -> Mapping[str, int]:
        """Sum the hour's live counters over all shards; empty when there are none."""
        ...


class Runs(Protocol):
    def record(self, run: Run) -> None: ...


class Executions(Protocol):
    def start(self, name: str, payload: Mapping[str, object]) -> None:
        """Start a state machine execution; one that exists under this name counts as a success."""
        ...
