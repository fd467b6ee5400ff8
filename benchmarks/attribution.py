"""A batch of attribution in PostgreSQL, compared with COPY of the same rows and with less history.

The server doesn't wait for its disk, which would make both sides of each ratio more alike. Times
are those of processors: of this process, and of the server's for its connections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import psycopg

from benchmarks.attribution_data import History, Kind
from benchmarks.effort import Effort
from benchmarks.row import Other, Row, measured, millis
from benchmarks.stopwatch import clock_with, take_turns
from chalicelib.model.attribution import ShardPart
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from tests.postgres import Database, Databases, serving

BATCH, FULL_BATCH = 1_000, 10_000
FEW, MANY = 20_000, 1_000_000
TURNS, FULL_TURNS = 30, 10
FOREVER_MS = 900_000
MAX_TIMES_COPY = 3
MAX_TIMES_COPY_FULL = 1.5
MAX_GROWTH = 1.5
KINDS: tuple[Kind, ...] = ("clicks", "checkouts")
FLOOR = "COPY of the same rows into equally indexed tables"
# A laptop's defaults hold a month's history, and the copy of it that is the floor, only in part.
SERVER = {"shared_buffers": "1536MB", "max_wal_size": "4GB", "autovacuum": "off"}


@dataclass
class Filled:
    """A database with a history, a store that has seen larger batches, and batches to come."""

    database: Database
    history: History
    store: PostgresAttributionStore
    copied: psycopg.Connection
    waiting: dict[tuple[str, Kind], list[ShardPart]] = field(default_factory=dict)

    def prepare(self, kind: Kind, n_records: int, n_parts: int) -> None:
        """Make batches beforehand; each is applied and copied."""
        parts = [self.history.part(kind, n_records) for _ in range(n_parts)]
        self.waiting |= {("apply", kind): [*parts], ("copy", kind): [*parts]}

    def apply(self, kind: Kind) -> None:
        self.store.apply(self.waiting["apply", kind].pop(0), FOREVER_MS)

    def copy(self, kind: Kind) -> None:
        """Copy rows to where they end up; a checkout has one with its credit, too."""
        part = self.waiting["copy", kind].pop(0)
        with self.copied.transaction(), self.copied.cursor() as cursor:
            if kind == "clicks":
                _copy(cursor, "floor_clicks", part.clicks)
                return
            _copy(cursor, "floor_checkouts", part.checkouts)
            _copy(cursor, "floor_attributed", [(*row[:3], None, None) for row in part.checkouts])

    @property
    def pids(self) -> tuple[int, int]:
        """The server's processes for the two connections."""
        with self.store.link.use() as connection:
            return connection.info.backend_pid, self.copied.info.backend_pid

    def warm(self) -> None:
        """Let the connection see larger batches, and its statements be planned for good."""
        for kind in KINDS:
            for n_records in (FULL_BATCH, *[BATCH] * 8):
                self.prepare(kind, n_records, 1)
                self.apply(kind)


def measure(effort: Effort) -> list[Row]:
    with serving(**SERVER) as databases, ExitStack() as stack:
        few, many = (
            stack.enter_context(_filled(databases, n_clicks, effort)) for n_clicks in (FEW, MANY)
        )
        rows = [_against_copy(many, kind, BATCH, MAX_TIMES_COPY, effort) for kind in KINDS]
        rows += [
            _against_copy(many, kind, FULL_BATCH, MAX_TIMES_COPY_FULL, effort) for kind in KINDS
        ]
        return rows + [_growth(few, many, kind, effort) for kind in KINDS]


def _copy(cursor: psycopg.Cursor, table: str, rows: Sequence[Sequence[object]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _against_copy(
    filled: Filled, kind: Kind, n_records: int, at_most: float, effort: Effort
) -> Row:
    turns = TURNS if n_records == BATCH else FULL_TURNS
    effort.say(f"{n_records:,} {kind} and COPY of the same rows")
    filled.prepare(kind, n_records, turns + 1)
    ours, floor = take_turns(
        partial(filled.apply, kind),
        partial(filled.copy, kind),
        turns=turns,
        clock=clock_with(*filled.pids),
    )
    return measured(
        f"attribution, {n_records:,} {kind} after {MANY:,}",
        ours,
        millis(),
        Other(kind="floor", name=FLOOR, costs=floor, at_most=at_most),
    )


def _growth(few: Filled, many: Filled, kind: Kind, effort: Effort) -> Row:
    effort.say(f"{BATCH:,} {kind} after {FEW:,} and after {MANY:,}")
    for filled in (few, many):
        filled.prepare(kind, BATCH, TURNS + 1)
    large, small = take_turns(
        partial(many.apply, kind),
        partial(few.apply, kind),
        turns=TURNS,
        clock=clock_with(*many.pids, *few.pids),
    )
    return measured(
        f"attribution, {BATCH:,} {kind} after {MANY:,}",
        large,
        millis(),
        Other(kind="growth", name=f"after {FEW:,}", costs=small, at_most=MAX_GROWTH),
    )


@contextmanager
def _filled(databases: Databases, n_clicks: int, effort: Effort) -> Iterator[Filled]:
    effort.say(f"a history of {n_clicks:,} clicks")
    database, history = databases.make(), History(n_clicks)
    history.fill(database)
    store = PostgresAttributionStore.open(lambda: database.conninfo)
    with closing(database), closing(store.link), database.connect() as copied:
        filled = Filled(database, history, store, copied)
        filled.warm()
        yield filled
