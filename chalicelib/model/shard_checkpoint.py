"""How far a shard has been attributed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ShardCheckpoint:
    """Everything up to `sequence` is stored; that record arrived in its stream at `arrived_ms`.

    `shard` is `<stream>-<shard id>`.
    """

    shard: str
    sequence: str
    arrived_ms: int

    def to_json(self) -> dict[str, Any]:
        return {"shard": self.shard, "sequence": self.sequence, "arrived_ms": self.arrived_ms}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        return cls(str(fields["shard"]), str(fields["sequence"]), int(fields["arrived_ms"]))
