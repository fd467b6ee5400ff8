"""What attribution needs from its database."""

from __future__ import annotations

from typing import Protocol

from chalicelib.model.attribution import Applied, Rows, ShardPart
from chalicelib.model.attribution_report import GroupedCredits, ReportQuestion


class AttributionStore(Protocol):
    """Every method may raise `StoreUnavailable`, after which its effect may have happened."""

    def checkpoint(self, shard: str) -> str | None:
        """Return the last record of a shard that is applied; None before the first."""
        ...

    def apply(self, part: ShardPart, within_ms: int) -> Applied:
        """Store rows, attribute what they touch and move the checkpoint, all or nothing.

        Raises:
            CheckpointMoved: another attempt has moved it, so nothing was applied.
            RowsRefused: a row can't be stored, so nothing was applied.
            Contended: a lock or the time allowed wasn't enough, so nothing was applied.
        """
        ...


class RowStore(Protocol):
    def restore(self, rows: Rows) -> Applied:
        """Store rows and attribute what they touch, all or nothing, and move no checkpoint.

        Raises:
            RowsRefused, Contended, StoreUnavailable: as `apply` does.
        """
        ...


class GroupedCreditsReader(Protocol):
    def read(self, question: ReportQuestion) -> GroupedCredits:
        """Read the credits of a range by group.

        Raises:
            TookTooLong: it was stopped.
            StoreUnavailable: the database can't be reached.
        """
        ...
