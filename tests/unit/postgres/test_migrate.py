"""Migrations are applied once, in order, and never behind anyone's back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.errors import SchemaMismatch, StoreUnavailable
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate import Migration, migrate, packaged
from tests.postgres import Database, Databases

ONE = Migration(1, "0001_one", "CREATE TABLE one ()")
TWO = Migration(2, "0002_two", "CREATE TABLE two ()")
BROKEN = Migration(2, "0002_two", "CREATE TABLE two (); SELECT 1 / 0")


@pytest.fixture
def empty(databases: Databases) -> Iterator[Database]:
    database = databases.make(template="template1")
    yield database
    databases.drop(database)


def tables(database: Database) -> list[str]:
    rows = database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [str(name) for (name,) in rows]


def test_pending_migrations_are_applied_in_order_and_once(empty: Database) -> None:
    assert migrate(empty.conninfo, [ONE]) == ["0001_one"]
    assert migrate(empty.conninfo, [ONE, TWO]) == ["0002_two"]
    assert migrate(empty.conninfo, [ONE, TWO]) == []

    assert tables(empty) == ["one", "schema_migrations", "two"]


def test_a_dry_run_names_what_is_pending_and_changes_nothing(empty: Database) -> None:
    assert migrate(empty.conninfo, [ONE, TWO], dry_run=True) == ["0001_one", "0002_two"]

    assert tables(empty) == []


def test_two_runs_at_once_apply_each_migration_once(empty: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = [*pool.map(lambda _n: migrate(empty.conninfo, [ONE, TWO]), range(2))]

    assert sorted(done) == [[], ["0001_one", "0002_two"]]


def test_a_migration_that_fails_leaves_nothing_of_itself(empty: Database) -> None:
    with pytest.raises(
        SchemaMismatch, match="0002_two failed and was rolled back: DivisionByZero"
    ):
        migrate(empty.conninfo, [ONE, BROKEN])

    assert tables(empty) == ["one", "schema_migrations"]
    assert migrate(empty.conninfo, [ONE, TWO]) == ["0002_two"]


def test_an_applied_migration_must_not_change(empty: Database) -> None:
    migrate(empty.conninfo, [ONE])

    with pytest.raises(SchemaMismatch, match="0001_one has changed"):
        migrate(empty.conninfo, [replace(ONE, sql="CREATE TABLE other ()")])


def test_a_newer_schema_is_not_touched(empty: Database) -> None:
    migrate(empty.conninfo, [ONE, TWO])

    with pytest.raises(SchemaMismatch, match="0002_two is applied, but"):
        migrate(empty.conninfo, [ONE])


def test_a_migration_is_not_slipped_in_before_one_that_is_applied(empty: Database) -> None:
    migrate(empty.conninfo, [TWO])

    with pytest.raises(SchemaMismatch, match="0001_one is not applied, but 0002_two is"):
        migrate(empty.conninfo, [ONE, TWO])


def test_two_migrations_with_one_number_are_refused(tmp_path: Path) -> None:
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / name).write_text("SELECT 1")

    with pytest.raises(SchemaMismatch, match="the same number"):
        packaged(tmp_path)


def test_our_own_migrations_are_numbered_without_gaps() -> None:
    assert [one.number for one in packaged()] == [*range(1, len(packaged()) + 1)]


def test_a_database_that_is_away_is_reported() -> None:
    with pytest.raises(StoreUnavailable):
        migrate(Conninfo.of_url("postgresql://postgres@127.0.0.1:9/none"))
