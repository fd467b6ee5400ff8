"""What transforming a raw object needs from the lake, the hour marks and the ledger.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chalicelib.model.hour import Hour
from chalicelib.model.ledger import LedgerRow


class ObjectWriter(Protocol):
    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        """Write a whole object, replacing any with the same key."""
        ...


class HourMarker(Protocol):
    def mark(self, hour: Hour) -> None:
        """Count one more change of the hour's lake files."""
        ...


class LedgerWriter(Protocol):
    def append(self, row: LedgerRow) -> None: ...
