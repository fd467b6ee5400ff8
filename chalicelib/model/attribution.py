"""What attribution stores of clicks and checkouts, field by field as its tables have them.

Instants are text in the pipeline's format; sequences are padded, so that they sort as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

CLICK = "click"
CHECKOUT = "checkout"


class Click(NamedTuple):
    user_id: str
    click_id: str
    clicked_at: str
    ingested_at: str
    stream: str
    shard_id: str
    sequence: str
    source: str
    campaign: str | None
    page: str | None


class Checkout(NamedTuple):
    """`amount` is a decimal number with six digits after the point."""

    user_id: str
    checkout_id: str
    checked_out_at: str
    ingested_at: str
    stream: str
    shard_id: str
    sequence: str
    source: str
    amount: str | None
    currency: str | None


class Unstorable(NamedTuple):
    """A valid event that PostgreSQL can't store, with the reason and the field at fault."""

    stream: str
    shard_id: str
    sequence: str
    code: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Of any records, what is stored of them; together or not at all."""

    clicks: Sequence[Click] = ()
    checkouts: Sequence[Checkout] = ()
    unstorable: Sequence[Unstorable] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPart(Rows):
    """Consecutive records of one shard.

    `shard` is `<stream>-<shard id>`; the last record is `last_sequence`, which arrived at
    `arrived_at`. It is applied only while the shard's checkpoint is still `read_checkpoint`.
    """

    shard: str
    read_checkpoint: str | None
    last_sequence: str
    arrived_at: str


class ShardEnd(NamedTuple):
    """The last record of a shard up to which everything is stored, and when it arrived.

    `shard` is `<stream>-<shard id>`.
    """

    shard: str
    sequence: str
    arrived_at: str


class Applied(NamedTuple):
    """What a part changed: checkouts credited to a click, and rows that had been stored before."""

    attributed: int
    restated: int
