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


@dataclass(frozen=True)
class Database:
    """A migrated database without rows."""

    server: Postgres
    name: str

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @property
    def conninfo(self) -> Conninfo:
        return Conninfo.of_url(self.url)

    def connect(self) -> psycopg.Connection:
        """Connect as the superuser, each statement a transaction of its own."""
        return psycopg.connect(self.url, autocommit=True)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.connect() as connection:
            return connection.execute(query.encode(), values or None).fetchall()


@dataclass(frozen=True)
class Databases:
    """Makes databases from a template that is migrated once."""

    server: Postgres
    numbers: Iterator[int] = field(default_factory=count)

    def make(self, *, template: str = TEMPLATE) -> Database:
        database = Database(self.server, f"test_{next(self.numbers)}")
        self._run("CREATE DATABASE {} TEMPLATE {}", database.name, template)
        return database

    def drop(self, database: Database) -> None:
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
