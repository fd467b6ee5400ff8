"""How far whole streams have been read, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Self

from chalicelib.model.attribution import ShardEnd
from chalicelib.postgres import statements
from chalicelib.postgres.attribution_store import SESSION
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link

TIMEOUT_MS = 30_000


@dataclass(frozen=True, slots=True)
class PostgresStreamProgress:
    """Connects for each call: a minute passes between them."""

    link: Link

    @classmethod
    def open(cls, conninfo: Callable[[], Conninfo]) -> Self:
        """Prepare a link."""
        return cls(Link(conninfo, settings=SESSION | {"statement_timeout": TIMEOUT_MS}))

    def advance(self, stream: str, read_until: str, ends: Sequence[ShardEnd]) -> None:
        """Record that a stream is stored up to these ends, and was read until this instant.

        Nothing ever moves back, so that a batch that is repeated changes nothing.

        Raises:
            StoreUnavailable: it may have been recorded.
        """
        with closing(self.link), self.link.use() as connection, connection.transaction():
            cursor = connection.cursor()
            for end in sorted(ends):
                cursor.execute(statements.ADVANCE_CHECKPOINT, end)
            cursor.execute(statements.READ_BY_STREAM, (stream, read_until))
