"""The shards of streams, listed at most once a minute: they seldom change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.model.instant import MINUTE_MS
from chalicelib.query.ports import ShardLister

type _Listed = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class RememberedShards:
    lister: ShardLister
    _listed: dict[str, _Listed] = field(default_factory=dict, repr=False)

    def shards(self, stream: str, now_ms: int) -> Sequence[str]:
        """Return the shards that a stream has, or had less than a minute ago.

        Raises:
            StoreUnavailable
        """
        at_ms, shards = self._listed.get(stream, (0, ()))
        if now_ms - at_ms >= MINUTE_MS:
            shards = self.lister.shards(stream)
            self._listed[stream] = now_ms, shards
        return shards
