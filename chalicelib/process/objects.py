"""The objects that a chunk writes to the archive and the quarantine."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.archive import quarantine_line
from chalicelib.archive.objects import packed
from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.model.stored import NewObject
from chalicelib.process.chunk import Chunk


def objects_of(chunk: Chunk, shard: str) -> Iterator[NewObject]:
    for (event_type, hour), group in chunk.accepted.items():
        key = str(RawKey(event_type, Hour.of_text(hour), shard, group.first_sequence))
        yield packed(key, group.body, group.n_lines)
    for hour, group in chunk.quarantined.items():
        key = quarantine_line.key(Hour.of_text(hour), shard, group.first_sequence)
        yield packed(key, group.body, group.n_lines)
