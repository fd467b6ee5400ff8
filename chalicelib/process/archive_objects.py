"""Write a chunk's objects so that no other attempt can overwrite them afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.errors import ClaimLost, StoreUnavailable
from chalicelib.model.ledger import Claim
from chalicelib.model.stored import NewObject
from chalicelib.process.objects import emptied, signed
from chalicelib.process.ports import ArchiveWriter, BatchLedger

# An object changes between a look and a write only if another attempt is writing it as well.
MAX_LOOKS = 5


@dataclass(frozen=True, slots=True)
class ArchiveObjects:
    """Creates what is new in one call each, and overwrites only while the claim is held.

    The ETag is read before the claim is checked. So an attempt that claims it later finds an
    object that has this ETag or a newer one, and gives it one of its own, which puts an end to
    every overwrite that an earlier attempt has under way.
    """

    archive: ArchiveWriter
    ledger: BatchLedger

    def __call__(self, claim: Claim, objects: Sequence[NewObject]) -> None:
        """Write all objects.

        Raises:
            ClaimLost: a key was taken, and another attempt has claimed the shard.
        """
        self._overwrite(claim, self.archive.create_all(objects))

    def empty(self, claim: Claim, keys: Iterable[str]) -> None:
        """Overwrite objects with ones that have no lines; transform empties their lake files.

        Raises:
            ClaimLost: another attempt has claimed the shard.
        """
        self._overwrite(claim, [emptied(key) for key in keys])

    def _overwrite(self, claim: Claim, objects: Sequence[NewObject]) -> None:
        left = [signed(new, claim.id) for new in objects]
        for _ in range(MAX_LOOKS):
            if not left:
                return
            etags = self.archive.etags([new.key for new in left])
            if not self.ledger.holds(claim):
                raise ClaimLost
            left = [*self.archive.replace_all(left, etags)]
        raise StoreUnavailable(f"changed {MAX_LOOKS} times while being overwritten")
