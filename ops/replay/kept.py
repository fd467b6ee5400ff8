"""Records that were set aside, as the buckets hold them."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

from chalicelib.archive import quarantine_line

# What Lambda gave up on has no code of ours: nothing may be wrong with it.
GIVEN_UP = "given_up"


class Kept(NamedTuple):
    """`name` is the record's own, the same wherever it is met again."""

    name: str
    code: str
    reason: str
    payload: bytes


def quarantined(body: bytes) -> list[Kept]:
    """Read one object of the quarantine."""
    return [
        Kept(
            f"{line.stream}/{line.shard_id}/{line.sequence_number}",
            line.code,
            line.reason,
            line.payload,
        )
        for line in quarantine_line.read_all(body)
    ]


def given_up(body: bytes) -> list[Kept]:
    """Read one batch that Lambda wrote to its failure destination; it has the event as text."""
    written = json.loads(body)
    why = written.get("requestContext", {}).get("condition", "")
    payload = written["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    return [
        Kept(
            f"{record['eventSourceARN'].rpartition('/')[2]}/{record['eventID'].replace(':', '/')}",
            GIVEN_UP,
            why,
            base64.b64decode(record["kinesis"]["data"]),
        )
        for record in event["Records"]
    ]
