"""`python -m ops migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder


def migrate(
    *,
    database_url: Annotated[
        str,
        typer.Option(
            "--database-url",
            envvar="DATABASE_URL",
            help="Database to migrate, as postgresql://user@host:port/database.",
            show_default="the local cloud's",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the migrations that would be applied.")
    ] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Apply pending migrations to attribution's PostgreSQL database. Safe to repeat."""
    from chalicelib.errors import PipelineError
    from chalicelib.postgres.conninfo import Conninfo
    from chalicelib.postgres.migrate import migrate as apply
    from ops.kit.console import out
    from ops.kit.errors import OperationFailed
    from ops.local.home import Home
    from ops.local.postgres import Postgres

    url = database_url or Postgres(Home(state.resolve()).postgres).url()
    try:
        names = apply(Conninfo.of_url(url), dry_run=dry_run)
    except (PipelineError, ValueError) as error:
        raise OperationFailed(
            f"The database was not migrated: {error}.",
            "Check that it is running, and that the user owns the database.",
        ) from error
    for name in names:
        out.print(f"{name} {'is pending' if dry_run else 'applied'}")
    if not names:
        out.print("The database is up to date.")
