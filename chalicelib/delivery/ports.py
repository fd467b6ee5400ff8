"""What delivery needs from the streams.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.model.stored import StreamRecord


class StreamWriter(Protocol):
    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Put up to 500 records, once; return the positions of those that were refused."""
        ...
