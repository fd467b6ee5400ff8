"""The keys of the raw archive's objects."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.hour import Hour

PREFIX = "raw/"
SUFFIX = ".json.gz"


@dataclass(frozen=True, slots=True, order=True)
class RawKey:
    """Where the records of one type, hour and chunk are stored.

    The name carries the sequence number of the object's own first record. An attempt that dies
    before its commit leaves objects whose first record is still to come, so the next attempt,
    whatever its batch, finds that same record first and overwrites the same key.
    """

    event_type: str
    hour: Hour
    shard: str
    first_sequence: str

    @property
    def name(self) -> str:
        return f"{self.shard}-{self.first_sequence}"

    def __str__(self) -> str:
        return f"{PREFIX}event_type={self.event_type}/{self.hour.partition}/{self.name}{SUFFIX}"

    @classmethod
    def parse(cls, key: str) -> RawKey:
        """Read a key back.

        Raises:
            ValueError: not the key of a raw object.

        >>> hour = Hour.parse("2026-11-21T10")
        >>> key = RawKey("page_view", hour, "events-shardId-000000000000", "4959")
        >>> RawKey.parse(str(key)) == key
        True
        """
        parts = key.removeprefix(PREFIX).removesuffix(SUFFIX).split("/")
        if len(parts) != 6 or not (key.startswith(PREFIX) and key.endswith(SUFFIX)):
            raise ValueError(key)
        values = [part.partition("=")[2] for part in parts[:5]]
        shard, _, first_sequence = parts[5].rpartition("-")
        hour = Hour.parse("{}-{}-{}T{}".format(*values[1:]))
        parsed = cls(values[0], hour, shard, first_sequence)
        if str(parsed) != key:
            raise ValueError(key)
        return parsed
