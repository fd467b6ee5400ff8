"""Attribution's database on a local PostgreSQL, with a login for each of its roles."""

from __future__ import annotations

import psycopg
from psycopg import sql

from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate import migrate
from ops.local.postgres import DATABASE, SUPERUSER, Postgres

# Who connects locally, and in which of the roles that the migrations create.
WRITER = "attribution_writer"
READER = "attribution_reader"
ROLES = {WRITER: "eventstream_writer", READER: "eventstream_reader"}

_DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"
_ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"


def prepare(server: Postgres) -> list[str]:
    """Start the server, and make the database ready; return the migrations that were applied.

    Everything that is there already is kept.
    """
    server.start()
    with _connected(server, SUPERUSER) as connection:
        if not _is_there(connection, _DATABASE_EXISTS, DATABASE):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    applied = migrate(Conninfo.of_url(server.url()))
    with _connected(server, DATABASE) as connection:
        for login, role in ROLES.items():
            if not _is_there(connection, _ROLE_EXISTS, login):
                create = sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}")
                names = (sql.Identifier(login), sql.Identifier(role))
                connection.execute(create.format(*names))
    return applied


def _connected(server: Postgres, database: str) -> psycopg.Connection:
    return psycopg.connect(server.url(database), autocommit=True)


def _is_there(connection: psycopg.Connection, query: str, name: str) -> bool:
    row = connection.execute(query.encode(), (name,)).fetchone()
    return row is not None and bool(row[0])
