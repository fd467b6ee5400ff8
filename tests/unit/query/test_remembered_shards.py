from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.model.instant import MINUTE_MS
from chalicelib.query.remembered_shards import RememberedShards
from tests.builders import NOON_MS


@dataclass
class CountingLister:
    """A stream is split each time that it is listed."""

    listed: list[str] = field(default_factory=list)

    def shards(self, stream: str) -> Sequence[str]:
        self.listed.append(stream)
        return [f"{stream}-{n}" for n in range(len(self.listed))]


def test_a_stream_is_listed_once_a_minute() -> None:
    lister = CountingLister()
    remembered = RememberedShards(lister)

    for at_ms in (NOON_MS, NOON_MS + 1, NOON_MS + MINUTE_MS - 1):
        assert remembered.shards("events", at_ms) == ["events-0"]
    assert lister.listed == ["events"]


def test_a_new_shard_is_found_after_a_minute() -> None:
    remembered = RememberedShards(CountingLister())
    remembered.shards("events", NOON_MS)

    assert remembered.shards("events", NOON_MS + MINUTE_MS) == ["events-0", "events-1"]


def test_every_stream_is_remembered_by_itself() -> None:
    lister = CountingLister()
    remembered = RememberedShards(lister)

    for stream in ("events", "clicks", "events"):
        remembered.shards(stream, NOON_MS)
    assert lister.listed == ["events", "clicks"]
