"""List how far each shard is attributed, for a deployment, which can't reach the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.model.measure import Measure
from chalicelib.model.shard_checkpoint import ShardCheckpoint


class CheckpointReader(Protocol):
    def checkpoints(self) -> Sequence[ShardCheckpoint]:
        """Return the checkpoint of every shard that anything was committed of.

        Raises:
            StoreUnavailable: the database can't be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    checkpoints: Sequence[ShardCheckpoint]

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "checkpoints listed", "shards": len(self.checkpoints)}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}

    def to_json(self) -> dict[str, Any]:
        return {"checkpoints": [one.to_json() for one in self.checkpoints]}


@dataclass(frozen=True, slots=True)
class ListCheckpoints:
    reader: CheckpointReader

    def __call__(self) -> Listed:
        return Listed(self.reader.checkpoints())
