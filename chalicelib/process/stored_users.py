"""Merge a chunk's sketches of users with those that its shard has stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.model import about_users
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.ledger import CounterDelta, CounterKey
from chalicelib.process.ports import BatchLedger

type Sketches = Mapping[str, HyperLogLog]
type Deltas = Mapping[CounterKey, CounterDelta]


def with_stored_users(deltas: Deltas, ledger: BatchLedger) -> Deltas:
    """Return the same deltas, with each sketch as it is to be after the commit.

    What is stored must be read by an attempt that has claimed the shard. Nobody else can write it
    from then on, or the commit fails; so a sketch is exactly that of the users who were counted,
    whatever is retried. Without experiments nothing is read.

    Raises:
        StoreUnavailable
    """
    keys = [key for key, delta in deltas.items() if delta.users]
    if not keys:
        return deltas
    stored = ledger.users(keys)
    return {
        key: replace(delta, users=_merged(delta.users, stored.get(key, {})))
        for key, delta in deltas.items()
    }


def _merged(new: Sketches, stored: Sketches) -> Sketches:
    # Only those of the chunk: the transaction leaves the others as they are.
    return {
        name: about_users.merged(filter(None, (sketch, stored.get(name))))
        for name, sketch in new.items()
    }
