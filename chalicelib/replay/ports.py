"""What a replay asks of the bucket that it reads.

Every method may raise `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chalicelib.ports import ObjectReader


class ReplayStore(ObjectReader, Protocol):
    """A bucket that records can be read from, and notes written to."""

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None: ...
