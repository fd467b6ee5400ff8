"""Start the local cloud and deploy the pipeline onto it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder

if TYPE_CHECKING:
    from rich.table import Table

    from ops.local.cloud import Cloud


def up(
    port: Annotated[
        int | None,
        typer.Option(help="Loopback port.", show_default="4566", min=1, max=65535),
    ] = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Start the local cloud and deploy the pipeline onto it.

    Can be run again at any time: what has not changed is left alone.

    A local cloud that was killed saved nothing, so the next begins empty.
    What is left on disk is kept in STATE/crashed-1, -2, ... until `down --purge`.
    """
    from ops.kit.console import out
    from ops.local.bring_up import BringUp
    from ops.local.home import Home
    from ops.local.lock import locked

    home = Home(state.resolve())
    with locked(home):
        cloud = BringUp(home)(port)
    out.print()
    out.print(_where_things_are(cloud))


def _where_things_are(cloud: Cloud) -> Table:
    from rich.table import Table

    from ops.stage.names import STREAMS, TABLES

    names = cloud.names
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = {
        "API": cloud.api_url,
        "API key": cloud.api_key,
        "Dashboard": cloud.dashboard,
        "AWS endpoint": f"{cloud.endpoint}  (key and secret: test, region: {cloud.region})",
        "Streams": "  ".join(map(names.stream, STREAMS)),
        "Buckets": f"{names.raw_bucket}  {names.lake_bucket}",
        "Queue": f"{names.raw_queue}  (failed: {names.raw_dead_letters})",
        "Tables": "  ".join(map(names.table, TABLES)),
        "State machine": names.rollup_state_machine_arn,
        "Log": cloud.log_file,
    }
    for row in rows.items():
        table.add_row(*row)
    return table
