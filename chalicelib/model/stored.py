"""What is written to and read from streams and object stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class StreamRecord(NamedTuple):
    partition_key: str
    body: bytes


class StoredObject(NamedTuple):
    body: bytes
    etag: str


class NewObject(NamedTuple):
    key: str
    body: bytes
    metadata: Mapping[str, str]
