"""A real PostgreSQL for tests: one server a session, and a fresh database a test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate import migrate
from ops.local.postgres import Postgres

TEMPLATE = "template_eventstream"
# Nothing here has to survive the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Database:
    """A migrated database without rows."""

    server: Postgres
    name: str
    _connection: psycopg.Connection | None = None

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @property
    def conninfo(self) -> Conninfo:
        return Conninfo.of_url(self.url)

    def connect(self) -> psycopg.Connection:
        """Connect as the superuser, each statement a transaction of its own."""
        return psycopg.connect(self.url, autocommit=True)

    @property
    def connection(self) -> psycopg.Connection:
        """The test's own connection, which is kept open since opening one takes long."""
        if self._connection is None or self._connection.closed:
            self._connection = self.connect()
        return self._connection

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(query.encode(), values or None).fetchall()

    def run(self, *queries: str) -> None:
        for query in queries:
            self.connection.execute(query.encode())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True)
class Databases:
    """Makes databases from a template that is migrated once."""

    server: Postgres
    numbers: Iterator[int] = field(default_factory=count)

    def make(self, *, template: str = TEMPLATE, name: str = "") -> Database:
        database = Database(self.server, name or f"test_{next(self.numbers)}")
        self._run("CREATE DATABASE {} TEMPLATE {}", database.name, template)
        return database

    def drop(self, database: Database) -> None:
        database.close()
        self._run("DROP DATABASE {} WITH (FORCE)", database.name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def serving(**settings: str) -> Iterator[Databases]:
    """Start a server of its own, with a template; everything is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="eventstream-") as folder:
        server = Postgres(Path(folder) / "pg", FAST | settings)
        server.start()
        try:
            databases = Databases(server)
            databases._run("CREATE DATABASE {}", TEMPLATE)
            migrate(Conninfo.of_url(server.url(TEMPLATE)))
            yield databases
        finally:
            server.discard()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with serving() as found:
        yield found


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    fresh = databases.make()
    yield fresh
    databases.drop(fresh)


@pytest.fixture(scope="session")
def kept_database(databases: Databases) -> Iterator[Database]:
    """One database for tests of many examples, which empty it themselves."""
    kept = databases.make()
    yield kept
    databases.drop(kept)
