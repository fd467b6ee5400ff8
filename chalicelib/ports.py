"""What several packages need from the outside world.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chalicelib.model.stored import StoredObject

# Epoch milliseconds.
Clock = Callable[[], int]
# Seconds.
Sleep = Callable[[float], None]
# The time a function has left before it is stopped, in milliseconds.
RemainingTime = Callable[[], float]


class ObjectReader(Protocol):
    def get(self, key: str) -> StoredObject:
        """Read an object as it is now.

        Raises:
            ObjectMissing: there is none.
        """
        ...

    def etag(self, key: str) -> str:
        """Return what changes whenever the object does.

        Raises:
            ObjectMissing: there is none.
        """
        ...
