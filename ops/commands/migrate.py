"""`python -m ops migrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ops.kit.options import AwsRegion
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
    stage: Annotated[
        str | None,
        typer.Option(
            help="Stage in AWS, whose database is migrated by a function in its network.",
            show_default=False,
        ),
    ] = None,
    region: AwsRegion = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the migrations that would be applied.")
    ] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Apply pending migrations to attribution's PostgreSQL database. Safe to repeat."""
    from chalicelib.errors import PipelineError
    from chalicelib.postgres.conninfo import Conninfo
    from chalicelib.postgres.migrate import migrate as apply
    from ops.kit.errors import OperationFailed
    from ops.local.home import Home
    from ops.local.postgres import Postgres

    if stage is not None:
        from ops.deploy.attribution import migrate_database
        from ops.kit.project import Project
        from ops.stage.target import aws_target

        migrated = migrate_database(aws_target(stage, Project(), region), dry_run=dry_run)
        _show(migrated["migrations"], dry_run=dry_run)
        return
    url = database_url or Postgres(Home(state.resolve()).postgres).url()
    try:
        names = apply(Conninfo.of_url(url), dry_run=dry_run)
    except (PipelineError, ValueError) as error:
        raise OperationFailed(
            f"The database was not migrated: {error}.",
            "Check that it is running, and that the user owns the database.",
        ) from error
    _show(names, dry_run=dry_run)


def _show(names: Sequence[str], *, dry_run: bool) -> None:
    from ops.kit.console import out

    for name in names:
        out.print(f"{name} {'is pending' if dry_run else 'applied'}")
    if not names:
        out.print("The database is up to date.")
