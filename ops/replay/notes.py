"""What has been replayed, noted beside what was set aside, so that nothing is sent twice."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from chalicelib.errors import ObjectMissing
from chalicelib.ports import ObjectReader
from chalicelib.transform.ports import ObjectWriter

PREFIX = "replayed/"


class Notebook(ObjectReader, ObjectWriter, Protocol):
    """A bucket."""


def read(objects: ObjectReader, key: str) -> frozenset[str]:
    """Return the names of those of an object's records that were replayed."""
    try:
        return frozenset(objects.get(f"{PREFIX}{key}").body.decode().split())
    except ObjectMissing:
        return frozenset()


def write(objects: ObjectWriter, key: str, names: Collection[str]) -> None:
    body = "".join(f"{name}\n" for name in sorted(names))
    objects.put(f"{PREFIX}{key}", body.encode(), {"records": str(len(names))})
