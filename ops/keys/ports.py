"""What managing keys asks of the table of keys and of API Gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.model.scope import Scope
from ops.keys.key import GatewayKey, ListedKey


class NameTaken(Exception):
    """The table lists another key by this name."""


class KeyTable(Protocol):
    def all(self) -> Sequence[ListedKey]:
        """Return every key, retired ones included, ordered by name."""
        ...

    def find(self, name: str) -> ListedKey | None: ...

    def add(self, key: ListedKey) -> None:
        """Put a key in; one that is there already with the same digest stays as it is.

        Raises:
            NameTaken: there is one with another digest.
        """
        ...

    def replace(self, key: ListedKey) -> None: ...

    def retire(self, name: str, at_ms: int) -> None:
        """Mark a key as retired; the first mark stays."""
        ...

    def forget(self, name: str) -> None: ...


class Gateway(Protocol):
    def all(self) -> Sequence[GatewayKey]:
        """Return every key of the stage, whether it is listed or not."""
        ...

    def find(self, name: str) -> GatewayKey | None: ...

    def create(self, name: str, value: str) -> GatewayKey:
        """Create a key that opens nothing yet, because it is on no usage plan."""
        ...

    def delete(self, key_id: str) -> None:
        """Delete a key, if it is there."""
        ...


class Plans(Protocol):
    def join(self, key_id: str, scope: Scope) -> bool:
        """Put a key on the usage plan of its scope; return whether it was not there before."""
        ...

    def adjust(self) -> bool:
        """Give every usage plan the limits of the stage; return whether one had others."""
        ...
