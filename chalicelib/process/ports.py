"""What processing a batch needs from the archive and the ledger.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.experiment import Experiment
from chalicelib.model.ledger import Claim, Commit, CounterKey, Position
from chalicelib.model.stored import NewObject


class ArchiveWriter(Protocol):
    """Writes many objects in any order; if it raises, any of them may have been written."""

    def create_all(self, objects: Sequence[NewObject]) -> Sequence[NewObject]:
        """Write the objects whose keys are free; return those whose keys are taken."""
        ...

    def replace_all(
        self, objects: Sequence[NewObject], etags: Mapping[str, str]
    ) -> Sequence[NewObject]:
        """Overwrite what still has these ETags, by key; return the objects that changed."""
        ...

    def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
        """Return the ETag of every object whose key starts with one of these."""
        ...


class ExperimentReader(Protocol):
    def current(self) -> Sequence[Experiment]:
        """Return the current version of every experiment, by a consistent read."""
        ...

    def versions(self, experiment_id: str) -> Sequence[Experiment]:
        """Return every version of an experiment, the oldest first."""
        ...


class BatchLedger(Protocol):
    def claim(self, claim: Claim) -> Position:
        """Take the shard from whichever attempt holds it; return its position before that."""
        ...

    def holds(self, claim: Claim) -> bool:
        """Say whether no other attempt has claimed the shard since, by a consistent read."""
        ...

    def users(self, keys: Sequence[CounterKey]) -> Mapping[CounterKey, Mapping[str, HyperLogLog]]:
        """Return the sketches of up to 100 counter items by attribute, by a consistent read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Apply counters, sketches, ledger row and checkpoint together or not at all.

        Raises:
            ClaimLost: another attempt has claimed the shard, so nothing was applied.
            Contended: nothing was applied, because of a conflict or throttling.
        """
        ...
