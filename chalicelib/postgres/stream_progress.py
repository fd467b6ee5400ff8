"""How far whole streams have been read, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from chalicelib.model.attribution import ShardEnd
from chalicelib.postgres import statements
from chalicelib.postgres.attribution_store import SESSION
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link

TIMEOUT_MS = 30_000


@dataclass(frozen=True, slots=True)
class PostgresStreamProgress:
    """Connects for each call, of which there are a few a minute; threads may share it."""

    conninfo: Callable[[], Conninfo]

    def advance(self, stream: str, read_until: str, ends: Sequence[ShardEnd]) -> None:
        """Record that a stream is stored up to these ends, and was read until this instant.

        Nothing ever moves back, so that a batch that is repeated changes nothing.

        Raises:
            StoreUnavailable: it may have been recorded.
        """
        link = Link(self.conninfo, settings=SESSION | {"statement_timeout": TIMEOUT_MS})
        with closing(link), link.use() as connection, connection.transaction():
            cursor = connection.cursor()
            for end in sorted(ends):
                cursor.execute(statements.ADVANCE_CHECKPOINT, end)
            cursor.execute(statements.READ_BY_STREAM, (stream, read_until))
