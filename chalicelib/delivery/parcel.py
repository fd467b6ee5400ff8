"""The events that go to Kinesis in one call: of one stream, within a call's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from chalicelib.delivery.outgoing import Outgoing

# The limits of PutRecords; a batch of short numbers can grow past them when written out.
MAX_RECORDS = 500
MAX_BYTES = 10 * 1024 * 1024


class Parcel(NamedTuple):
    """`indexes` are the positions of the events in their request."""

    stream: str
    indexes: list[int]


def parcels(outgoing: Mapping[int, Outgoing], indexes: Iterable[int]) -> list[Parcel]:
    """Divide events among as few calls as possible, keeping their order."""
    by_stream: dict[str, list[int]] = {}
    for index in indexes:
        by_stream.setdefault(outgoing[index].stream, []).append(index)
    return [
        Parcel(stream, part)
        for stream, members in by_stream.items()
        for part in _cut(members, outgoing)
    ]


def _cut(indexes: Iterable[int], outgoing: Mapping[int, Outgoing]) -> Iterator[list[int]]:
    part: list[int] = []
    room = MAX_BYTES
    for index in indexes:
        record = outgoing[index].record
        size = len(record.body) + len(record.partition_key.encode())
        if part and (size > room or len(part) == MAX_RECORDS):
            yield part
            part, room = [], MAX_BYTES
        part.append(index)
        room -= size
    yield part
