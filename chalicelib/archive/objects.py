"""The objects of the archive and the quarantine: lines, gzipped alike at every attempt."""

from __future__ import annotations

from isal import igzip

from chalicelib.model.stored import NewObject

SCHEMA_VERSION = "1"
# ISA-L at this level writes 8 % more bytes than zlib at its default, in a twelfth of the time.
GZIP_LEVEL = 2


def packed(key: str, lines: bytes | bytearray, n_lines: int) -> NewObject:
    """Return the object that holds these lines; the same lines make the same bytes."""
    body = igzip.compress(lines, GZIP_LEVEL, mtime=0)
    return NewObject(key, body, {"records": str(n_lines), "schema-version": SCHEMA_VERSION})
