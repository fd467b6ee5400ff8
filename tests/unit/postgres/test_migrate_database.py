"""A database is migrated by a function, with the credentials that it is passed."""

from __future__ import annotations

from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate_database import MigrateDatabase
from tests.postgres import Database

LOGINS = {"dev-writer": "eventstream_writer"}
OWNER = {"user": "postgres", "password": "not in use here"}


def migrating(database: Database) -> MigrateDatabase:
    return MigrateDatabase(lambda _user, _password: Conninfo.of_url(database.url))


def test_logins_that_are_missing_are_created_once_in_their_roles(database: Database) -> None:
    migrate = migrating(database)

    first = migrate({**OWNER, "logins": LOGINS})
    second = migrate({**OWNER, "logins": LOGINS})

    try:
        assert (first.migrations, first.logins) == ([], ["dev-writer"])
        assert second.logins == []
        assert database.rows(
            "SELECT pg_has_role('dev-writer', 'eventstream_writer', 'member')"
        ) == [(True,)]
    finally:
        with database.connect() as connection:
            connection.execute('DROP ROLE "dev-writer"')


def test_a_dry_run_creates_no_login(database: Database) -> None:
    migrated = migrating(database)({**OWNER, "logins": LOGINS, "dry_run": True})

    assert migrated.to_json() == {"migrations": [], "logins": []}


def test_what_is_reported_has_no_credentials(database: Database) -> None:
    migrated = migrating(database)(OWNER)

    assert OWNER["password"] not in str(migrated.line)
