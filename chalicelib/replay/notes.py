"""Which records of an object were replayed, noted next to it so that none is sent twice."""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.errors import ObjectMissing
from chalicelib.replay.ports import ReplayStore

PREFIX = "replayed/"


def read(store: ReplayStore, key: str) -> frozenset[str]:
    """Return the names of an object's records that were replayed."""
    try:
        return frozenset(store.get(f"{PREFIX}{key}").body.decode().split())
    except ObjectMissing:
        return frozenset()


def write(store: ReplayStore, key: str, names: Collection[str]) -> None:
    body = "".join(f"{name}\n" for name in sorted(names))
    store.put(f"{PREFIX}{key}", body.encode(), {"records": str(len(names))})
