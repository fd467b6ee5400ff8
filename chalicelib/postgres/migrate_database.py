"""Migrate a database that only the functions can reach, with the credentials of its owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from chalicelib.model.measure import Measure
from chalicelib.postgres.calls import translated
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.migrate import migrate

# RDS lets the members of this role log in with a token of IAM instead of a password.
IAM = "rds_iam"
_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"


@dataclass(frozen=True, slots=True)
class Migrated:
    """The migrations and logins that were missing."""

    migrations: list[str]
    logins: list[str]

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "database migrated", **self.to_json()}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}

    def to_json(self) -> dict[str, Any]:
        return {"migrations": self.migrations, "logins": self.logins}


@dataclass(frozen=True, slots=True)
class MigrateDatabase:
    """Takes `user`, `password` and `logins`, which maps each login to the role that it is in.

    The caller brings the credentials: the function has none of its own, and neither
    logs nor keeps them.

    Raises:
        SchemaMismatch, StoreUnavailable: as `migrate` does.
    """

    conninfo: Callable[[str, str], Conninfo]

    def __call__(self, event: Mapping[str, Any]) -> Migrated:
        owner = self.conninfo(event["user"], event["password"])
        dry_run = bool(event.get("dry_run"))
        migrations = migrate(owner, dry_run=dry_run)
        logins = {} if dry_run else event.get("logins", {})
        return Migrated(migrations, create_logins(owner, logins))


def create_logins(owner: Conninfo, logins: Mapping[str, str]) -> list[str]:
    """Create the logins that are missing, without passwords; return their names."""
    with (
        translated(),
        psycopg.connect(owner.text, autocommit=True, **owner.options()) as connection,
    ):
        missing = {one: role for one, role in logins.items() if not _exists(connection, one)}
        for login, role in missing.items():
            roles = [role, IAM] if _exists(connection, IAM) else [role]
            create = sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}")
            names = sql.SQL(", ").join(map(sql.Identifier, roles))
            connection.execute(create.format(sql.Identifier(login), names))
    return list(missing)


def _exists(connection: psycopg.Connection, role: str) -> bool:
    row = connection.execute(_EXISTS, (role,)).fetchone()
    return row is not None and bool(row[0])
