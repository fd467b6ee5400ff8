"""What sealing needs from the lake and the hour marks.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.model.hour import Hour
from chalicelib.model.stored import NewObject, StoredObject


class SealMarks(Protocol):
    """How often an hour has changed, and up to which of these counts it is sealed."""

    def begin_seal(self, hour: Hour, now_ms: int) -> int:
        """Return how often the hour has changed, consistently; note when sealing was tried."""
        ...

    def finish_seal(self, hour: Hour, mark: int) -> None:
        """Record that the hour is sealed up to this mark, unless it is further already."""
        ...


class LakeFiles(Protocol):
    def sizes(self, prefix: str) -> Mapping[str, int]:
        """List every key under a prefix, consistently, with the object's size in bytes."""
        ...

    def get(self, key: str) -> StoredObject:
        """Read an object as it is now.

        Raises:
            ObjectMissing: there is none.
        """
        ...

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        """Write an object if the one of its key has this ETag, or if there is none for None.

        Return whether it was written. A write that is repeated by the client may be refused after
        it has taken effect.
        """
        ...

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        """Delete each object that has this ETag; return the keys of those that have another.

        One that is gone already is as good as deleted.
        """
        ...
