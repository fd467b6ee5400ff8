"""What processing a batch needs from the archive and the ledger.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.model.ledger import Commit
from chalicelib.model.stored import NewObject


class ArchiveWriter(Protocol):
    def put_all(self, objects: Sequence[NewObject]) -> None:
        """Write objects in any order; if it raises, any of them may have been written."""
        ...


class BatchLedger(Protocol):
    def checkpoint(self, shard: str) -> str | None:
        """Return the last committed sequence number, zero-padded, by a consistent read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Apply counters, ledger row and checkpoint together or not at all.

        Raises:
            CheckpointMoved: the checkpoint is not the one that was read.
            Contended: nothing was applied, because of a conflict or throttling.
        """
        ...
