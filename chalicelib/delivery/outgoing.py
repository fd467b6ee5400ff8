"""An event on its way to its stream."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.model.stored import StreamRecord


class Outgoing(NamedTuple):
    stream: str
    record: StreamRecord
    event_id: str
    timestamp: str
