"""The objects that a chunk writes to the archive and the quarantine."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.archive import quarantine_line
from chalicelib.archive.objects import packed
from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.model.stored import NewObject
from chalicelib.process.chunk import Chunk

# Gzip's header has ten bytes, of which the fourth holds flags; this one announces a comment.
_FLAGS, _HEADER_END, _HAS_COMMENT = 3, 10, 0x10


def objects_of(chunk: Chunk, shard: str) -> Iterator[NewObject]:
    for (event_type, hour), group in chunk.accepted.items():
        key = str(RawKey(event_type, Hour.of_text(hour), shard, group.first_sequence))
        yield packed(key, group.body, group.n_lines)
    for hour, group in chunk.quarantined.items():
        key = quarantine_line.key(Hour.of_text(hour), shard, group.first_sequence)
        yield packed(key, group.body, group.n_lines)


def emptied(key: str) -> NewObject:
    return packed(key, b"", 0)


def signed(new: NewObject, claim_id: str) -> NewObject:
    """Return an object of the same lines whose bytes are those of no other attempt.

    An ETag is a digest of the bytes: without this, an attempt that writes what is there already
    would leave the ETag that an earlier attempt is about to ask for.

    >>> import gzip
    >>> gzip.decompress(signed(packed("key", b"line", 1), "0f3a").body)
    b'line'
    """
    header, rest = new.body[:_HEADER_END], new.body[_HEADER_END:]
    flags = bytes([header[_FLAGS] | _HAS_COMMENT])
    comment = claim_id.encode() + b"\0"
    return new._replace(body=header[:_FLAGS] + flags + header[_FLAGS + 1 :] + comment + rest)
