"""Which shard of a stream a record came from, where its reader doesn't say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple


class ShardRange(NamedTuple):
    """The hash keys that a shard takes, and its first sequence number.

    Of two shards with common hash keys, one was closed before the other was opened, and sequence
    numbers grow with time.
    """

    shard_id: str
    first_hash: int
    last_hash: int
    first_sequence: int


def shard_of(ranges: Sequence[ShardRange], partition_key: str, sequence: str) -> str:
    """Return the id of the shard that took a record; empty when none of these can have.

    A record that was put with an explicit hash key may be said to be of another shard.

    >>> ranges = [ShardRange("shardId-0", 0, 2**128 - 1, 100)]
    >>> shard_of(ranges, "usr_1", "123"), shard_of(ranges, "usr_1", "99")
    ('shardId-0', '')
    """
    key = hash_key(partition_key)
    number = int(sequence)
    taken = [
        (one.first_sequence, one.shard_id)
        for one in ranges
        if one.first_hash <= key <= one.last_hash and one.first_sequence <= number
    ]
    return max(taken)[1] if taken else ""


def hash_key(partition_key: str) -> int:
    """Return the number by which Kinesis chooses the shard of a partition key."""
    return int.from_bytes(hashlib.md5(partition_key.encode(), usedforsecurity=False).digest())
