"""The newest quarantined records of an hour, found without reading all of its objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from chalicelib.archive.quarantine_line import QuarantineLine, shard_of
from chalicelib.query.ports import Each

type Records = Sequence[QuarantineLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Looks for up to `limit` records that are wanted, in at most `budget` objects."""

    read: Callable[[str], Records]
    is_wanted: Callable[[QuarantineLine], bool]
    limit: int
    budget: int
    each: Each = map


@dataclass(slots=True)
class _Shard:
    """`keys` are unread; what they hold arrived no later than `frontier`."""

    keys: list[str]
    frontier: str = "unread"


def newest(keys: Iterable[str], search: Search) -> tuple[list[QuarantineLine], int]:
    """Return the newest records, and how many objects were read.

    Each round reads the newest unread object of every shard that may hold a newer record than
    those found so far.
    """
    shards = [
        _Shard(sorted(of_one)) for _, of_one in groupby(sorted(keys, key=shard_of), shard_of)
    ]
    found, n_read = list[QuarantineLine](), 0
    while True:
        found = sorted(found, key=_arrival, reverse=True)[: search.limit]
        floor = found[-1].arrived_at if len(found) == search.limit else ""
        open_shards = [shard for shard in shards if shard.keys and shard.frontier > floor]
        round_of = open_shards[: search.budget - n_read]
        if not round_of:
            return found, n_read
        objects = search.each(search.read, [shard.keys.pop() for shard in round_of])
        for shard, records in zip(round_of, objects, strict=True):
            shard.frontier = records[0].arrived_at if records else shard.frontier
            found += filter(search.is_wanted, records)
        n_read += len(round_of)


def _arrival(record: QuarantineLine) -> tuple[str, str, str]:
    return record.arrived_at, record.shard_id, record.sequence_number
