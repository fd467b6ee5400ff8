"""The roles can do their work, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate import migrate
from tests.postgres import Database, Databases
from tests.unit.postgres.world import FOREVER_MS, make_checkout, make_click, part_of

TABLES = (
    "users",
    "raw_clicks",
    "raw_checkouts",
    "attributed_checkouts",
    "shard_checkpoints",
    "quarantined_records",
    "stream_reads",
    "attribution_settings",
    "schema_migrations",
)
VIEWS = ("shard_watermarks", "finality", "checkout_finality")


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """Migrated by itself: what a database grants isn't copied from a template."""
    database = databases.make(template="template1")
    migrate(database.conninfo)
    database.run(
        "CREATE ROLE a_writer LOGIN IN ROLE eventstream_writer",
        "CREATE ROLE a_reader LOGIN IN ROLE eventstream_reader",
        "CREATE ROLE a_stranger LOGIN",
    )
    yield database
    databases.drop(database)


def connected(database: Database, user: str) -> psycopg.Connection:
    return psycopg.connect(database.server.url(database.name, user), autocommit=True)


def refused(database: Database, user: str, statements: list[str]) -> list[str]:
    """Return the statements that the user was not allowed to run."""
    found = []
    with connected(database, user) as connection:
        for statement in statements:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                found.append(statement)
    return found


def test_the_writer_can_do_all_that_attribution_does(database: Database) -> None:
    conninfo = Conninfo.of_url(database.server.url(database.name, "a_writer"))
    store = PostgresAttributionStore.open(lambda: conninfo)
    store.apply(part_of(make_click()), FOREVER_MS)
    applied = store.apply(part_of(make_checkout()), FOREVER_MS)
    store.link.close()

    assert applied.attributed == 1


def test_the_writer_deletes_nothing_and_changes_no_schema(database: Database) -> None:
    statements = [f"{verb} {table}" for verb in ("DELETE FROM", "TRUNCATE") for table in TABLES]
    statements += ["CREATE TABLE own ()", "UPDATE attribution_settings SET lateness = '1 s'"]

    assert refused(database, "a_writer", statements) == statements


def test_the_reader_reads_everything_and_writes_nothing(database: Database) -> None:
    reads = [f"TABLE {name}" for name in (*TABLES, *VIEWS)]
    writes = [f"TRUNCATE {table}" for table in TABLES]
    writes += ["CREATE TABLE own ()", "CREATE TEMP TABLE own ()"]
    writes += ["INSERT INTO users VALUES ('u', now())"]

    assert refused(database, "a_reader", reads) == []
    assert refused(database, "a_reader", writes) == writes


def test_the_reader_reads_what_later_migrations_create(database: Database) -> None:
    database.run("CREATE VIEW later AS SELECT 1 AS one")

    assert refused(database, "a_reader", ["SELECT * FROM later"]) == []


def test_a_stranger_cannot_even_connect(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connected(database, "a_stranger")
