"""Records that can be replayed: quarantined ones, and those of batches that Lambda abandoned."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

from chalicelib.archive import quarantine_line

# An abandoned record has no code of ours: there may be nothing wrong with it.
ABANDONED = "abandoned"


class Replayable(NamedTuple):
    """`name` is the record's own, the same wherever it is read again."""

    name: str
    code: str
    reason: str
    payload: bytes


def quarantined(body: bytes) -> list[Replayable]:
    """Read one object of the quarantine."""
    return [
        Replayable(
            f"{line.stream}/{line.shard_id}/{line.sequence_number}",
            line.code,
            line.reason,
            line.payload,
        )
        for line in quarantine_line.read_all(body)
    ]


def abandoned(body: bytes) -> list[Replayable]:
    """Read one batch that Lambda wrote to its failure destination; it has the event as text."""
    written = json.loads(body)
    why = written.get("requestContext", {}).get("condition", "")
    payload = written["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    return [
        Replayable(
            f"{record['eventSourceARN'].rpartition('/')[2]}/{record['eventID'].replace(':', '/')}",
            ABANDONED,
            why,
            base64.b64decode(record["kinesis"]["data"]),
        )
        for record in event["Records"]
    ]
