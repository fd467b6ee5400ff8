"""Apply the numbered migrations of this package to a database, each once, in order.

A migration and the record of it are one transaction, so that an interrupted run can be repeated.
An advisory lock lets a second run wait for the first, and then find nothing left to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from chalicelib.errors import SchemaMismatch
from chalicelib.postgres.calls import described, translated
from chalicelib.postgres.conninfo import Conninfo

FOLDER = Path(__file__).parent / "migrations"
MIN_VERSION = 180_000
# Any number that nothing else in the database uses: "EvSt" in ASCII.
LOCK = 0x45765374

_CREATE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number     integer PRIMARY KEY,
  name       text NOT NULL,
  checksum   text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
_RECORD = "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def packaged(folder: Path = FOLDER) -> list[Migration]:
    """Return the migrations of a folder in order.

    Raises:
        SchemaMismatch: two have the same number.

    >>> packaged()[0].name
    '0001_attribution'
    """
    files = sorted(folder.glob("[0-9]*_*.sql"))
    found = [Migration(int(f.stem.partition("_")[0]), f.stem, f.read_text()) for f in files]
    if len({migration.number for migration in found}) < len(found):
        raise SchemaMismatch(f"two migrations in {folder} have the same number")
    return found


def migrate(
    conninfo: Conninfo, migrations: Sequence[Migration] | None = None, *, dry_run: bool = False
) -> list[str]:
    """Apply what isn't applied yet; return the names. A dry run only returns them.

    Raises:
        SchemaMismatch: the server is too old, an applied migration has changed or is unknown, one
            that isn't applied precedes one that is, or one failed; those before it stay applied.
        StoreUnavailable: the database can't be reached.
    """
    known = packaged() if migrations is None else migrations
    with translated(), _locked(conninfo) as connection:
        pending = _pending(known, _applied(connection))
        for migration in [] if dry_run else pending:
            _apply(connection, migration)
        return [migration.name for migration in pending]


@contextmanager
def _locked(conninfo: Conninfo) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo.text, autocommit=True, **conninfo.options()) as connection:
        version = connection.info.server_version
        if version < MIN_VERSION:
            raise SchemaMismatch(
                f"PostgreSQL {MIN_VERSION // 10_000} or later is required;"
                f" the server is {version // 10_000}.{version % 10_000}"
            )
        # Released with the connection, however it ends.
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        yield connection


def _applied(connection: psycopg.Connection) -> dict[int, tuple[str, str]]:
    [[exists]] = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL")
    if not exists:
        return {}
    rows = connection.execute("SELECT number, name, checksum FROM schema_migrations")
    return {number: (name, checksum) for number, name, checksum in rows}


def _pending(
    known: Sequence[Migration], applied: Mapping[int, tuple[str, str]]
) -> list[Migration]:
    by_number = {migration.number: migration for migration in known}
    for number, (name, checksum) in sorted(applied.items()):
        if number not in by_number:
            raise SchemaMismatch(f"{name} is applied, but this version does not have it")
        if by_number[number].checksum != checksum:
            raise SchemaMismatch(f"{name} has changed since it was applied")
    pending = [migration for migration in known if migration.number not in applied]
    last = max(applied, default=0)
    if pending and pending[0].number < last:
        raise SchemaMismatch(f"{pending[0].name} is not applied, but {applied[last][0]} is")
    return pending


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(_CREATE)
            # A file of this package, not text from outside.
            connection.execute(migration.sql.encode())
            connection.execute(_RECORD, (migration.number, migration.name, migration.checksum))
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        message = f"{migration.name} failed and was rolled back: {described(error)}"
        raise SchemaMismatch(message) from error
