"""Attribution's tables, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import LiteralString, Self

import psycopg

from chalicelib.errors import CheckpointMoved
from chalicelib.model.attribution import Applied, Rows, ShardPart
from chalicelib.postgres import statements
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link

type Cursor = psycopg.Cursor[tuple[object, ...]]

# In the session, so that the server itself ends what a stopped function has left behind.
SESSION: dict[str, str | int] = {
    # Just-in-time compilation takes longer than any of the statements.
    "jit": "off",
    # A plan is kept while tables grow, and only looking each row up stays right for any size.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "30s",
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": 30,
}


@dataclass(frozen=True, slots=True)
class PostgresAttributionStore:
    link: Link

    @classmethod
    def open(
        cls,
        conninfo: Callable[[], Conninfo],
        *,
        statement_timeout_ms: int = 60_000,
        lock_timeout_ms: int = 15_000,
    ) -> Self:
        """Prepare a link, which connects on first use."""
        timeouts = {"statement_timeout": statement_timeout_ms, "lock_timeout": lock_timeout_ms}
        return cls(Link(conninfo, statements.SESSION, SESSION | timeouts))

    def checkpoint(self, shard: str) -> str | None:
        with self.link.use() as connection:
            row = connection.execute(statements.READ_CHECKPOINT, (shard,)).fetchone()
        return None if row is None else str(row[0])

    def apply(self, part: ShardPart, within_ms: int) -> Applied:
        with self.link.use() as connection, connection.transaction():
            cursor = connection.cursor()
            cursor.execute(
                "SELECT set_config('transaction_timeout', %s, true)", (str(max(1, within_ms)),)
            )
            _move_checkpoint(cursor, part)
            _store(cursor, part)
            return _attribute(cursor, part)

    def restore(self, rows: Rows) -> Applied:
        """Do the same with rows of any shards, and leave their checkpoints where they are."""
        with self.link.use() as connection, connection.transaction():
            cursor = connection.cursor()
            _store(cursor, rows)
            return _attribute(cursor, rows)


def _move_checkpoint(cursor: Cursor, part: ShardPart) -> None:
    """Take the shard: a second attempt waits here, and then finds the checkpoint moved."""
    moved = (part.last_sequence, part.arrived_at, part.shard)
    if part.read_checkpoint is None:
        cursor.execute(statements.FIRST_CHECKPOINT, moved)
    else:
        cursor.execute(statements.NEXT_CHECKPOINT, (*moved, part.read_checkpoint))
    if cursor.rowcount != 1:
        raise CheckpointMoved(part.shard)
    cursor.execute(statements.READ_BY_SHARD, (part.shard,))


def _store(cursor: Cursor, rows: Rows) -> None:
    if rows.unstorable:
        cursor.executemany(statements.QUARANTINE, rows.unstorable)
    if rows.clicks:
        _copy(cursor, statements.COPY_CLICKS, rows.clicks)
    if rows.checkouts:
        _copy(cursor, statements.COPY_CHECKOUTS, rows.checkouts)
    if rows.clicks or rows.checkouts:
        cursor.execute(statements.LOCK_USERS)
    if rows.clicks:
        cursor.execute(statements.STORE_CLICKS)
    if rows.checkouts:
        cursor.execute(statements.STORE_CHECKOUTS)


def _copy(
    cursor: Cursor, statement: LiteralString, rows: Sequence[tuple[str | None, ...]]
) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _attribute(cursor: Cursor, rows: Rows) -> Applied:
    """Attribute in statements of their own, which see all that is committed of locked users."""
    if not (rows.clicks or rows.checkouts):
        return Applied(0, 0)
    if rows.clicks:
        cursor.execute(statements.TOUCH_CHECKOUTS)
    [(attributed, restated)] = cursor.execute(statements.ATTRIBUTE).fetchall()
    return Applied(int(str(attributed)), int(str(restated)))
