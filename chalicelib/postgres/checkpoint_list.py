"""The checkpoints of all shards, read from PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from chalicelib.model.shard_checkpoint import ShardCheckpoint
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link

SESSION: dict[str, str | int] = {"default_transaction_read_only": "on"}
_QUERY = """
SELECT shard, sequence, (extract(epoch FROM arrived_at) * 1000)::bigint
FROM shard_checkpoints
ORDER BY shard"""


@dataclass(frozen=True, slots=True)
class PostgresCheckpointList:
    link: Link

    @classmethod
    def open(cls, conninfo: Callable[[], Conninfo], *, timeout_ms: int) -> Self:
        """Prepare a link for reading, which connects on first use."""
        return cls(Link(conninfo, settings=SESSION | {"statement_timeout": timeout_ms}))

    def checkpoints(self) -> list[ShardCheckpoint]:
        with self.link.use() as connection:
            return [ShardCheckpoint(*row) for row in connection.execute(_QUERY).fetchall()]
