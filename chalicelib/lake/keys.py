"""The keys of lake files, in the folder of their hour: one sealed, and small ones.

A raw object's rows are in its small file if there is one, else in the sealed file.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour

PREFIX = "events/"
SUFFIX = ".parquet"
# No small file has this name, since those have a hyphen; Athena skips names that begin with `_`.
SEALED_NAME = "sealed"


@dataclass(frozen=True, slots=True, order=True)
class LakeKey:
    """Partitioned by time alone: event types are an open set, which Athena can't enumerate."""

    hour: Hour
    event_type: str
    raw_name: str

    @classmethod
    def of(cls, raw: RawKey) -> LakeKey:
        return cls(raw.hour, raw.event_type, raw.name)

    def __str__(self) -> str:
        return f"{prefix_of(self.hour)}{self.origin}{SUFFIX}"

    @property
    def origin(self) -> str:
        """Name the raw object within its hour."""
        return f"{self.event_type}-{self.raw_name}"

    @property
    def partition(self) -> str:
        return f"{PREFIX}{self.hour.partition}"

    @classmethod
    def parse(cls, key: str) -> LakeKey:
        """Read a key back.

        Raises:
            ValueError: not the key of a lake file.

        >>> key = LakeKey(Hour.parse("2026-11-21T10"), "page_view", "s-shardId-000000000000-49")
        >>> LakeKey.parse(str(key)) == key
        True
        """
        folder, _, name = key.removesuffix(SUFFIX).rpartition("/")
        values = [part.partition("=")[2] for part in folder.removeprefix(PREFIX).split("/")]
        if len(values) != 4:
            raise ValueError(key)
        # An event type holds no hyphen.
        event_type, _, raw_name = name.partition("-")
        parsed = cls(Hour.parse("{}-{}-{}T{}".format(*values)), event_type, raw_name)
        if str(parsed) != key:
            raise ValueError(key)
        return parsed


def prefix_of(hour: Hour) -> str:
    """Return what the keys of an hour's files begin with, and no others.

    >>> prefix_of(Hour.parse("2026-02-03T04"))
    'events/year=2026/month=02/day=03/hour=04/'
    """
    return f"{PREFIX}{hour.partition}/"


def sealed_of(hour: Hour) -> str:
    """Return the key of an hour's sealed file.

    >>> sealed_of(Hour.parse("2026-02-03T04"))
    'events/year=2026/month=02/day=03/hour=04/sealed.parquet'
    """
    return f"{prefix_of(hour)}{SEALED_NAME}{SUFFIX}"


def is_small(key: str) -> bool:
    """Say whether a key in the folder of an hour is that of a small file."""
    return key.endswith(SUFFIX) and not key.endswith(f"/{SEALED_NAME}{SUFFIX}")
