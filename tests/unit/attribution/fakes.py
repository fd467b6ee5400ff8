"""A store in memory, which can fail before and after any effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from chalicelib.errors import CheckpointMoved, RowsRefused
from chalicelib.model.attribution import Applied, ShardPart
from tests.fakes import Faults


@dataclass
class FakeAttributionStore:
    faults: Faults = field(default_factory=Faults)
    checkpoints: dict[str, str] = field(default_factory=dict)
    parts: list[ShardPart] = field(default_factory=list)
    refused_ids: Iterable[str] = ()
    # Called before each transaction, as by another attempt that gets there first.
    overtake: Callable[[ShardPart], None] = lambda _part: None

    def checkpoint(self, shard: str) -> str | None:
        with self.faults.around():
            return self.checkpoints.get(shard)

    def apply(self, part: ShardPart, within_ms: int) -> Applied:  # noqa: ARG002  part of the port
        with self.faults.around():
            self.overtake(part)
            if self.checkpoints.get(part.shard) != part.read_checkpoint:
                raise CheckpointMoved(part.shard)
            if {click.click_id for click in part.clicks} & {*self.refused_ids}:
                raise RowsRefused("22000")
            self.checkpoints[part.shard] = part.last_sequence
            self.parts.append(part)
            return Applied(attributed=len(part.checkouts), restated=0)

    @property
    def click_ids(self) -> list[str]:
        return [click.click_id for part in self.parts for click in part.clicks]

    @property
    def sizes(self) -> list[int]:
        return [
            len(part.clicks) + len(part.checkouts) + len(part.unstorable) for part in self.parts
        ]
