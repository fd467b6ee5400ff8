"""`python -m ops up`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder


def up(
    port: Annotated[
        int | None,
        typer.Option(help="Loopback port to listen on.", show_default="4566", min=1, max=65535),
    ] = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Start the local cloud and deploy the pipeline to it.

    Can be run again at any time: what has not changed is skipped.

    A local cloud that was killed has saved nothing, so the next one starts empty. What the killed
    one left on disk is kept in STATE/crashed-1, -2, ... until `down --purge`.
    """
    from ops.kit.console import listing, out
    from ops.local.bring_up import BringUp
    from ops.local.home import Home
    from ops.local.lock import locked

    home = Home(state.resolve())
    with locked(home):
        cloud = BringUp(home)(port)
    out.print()
    out.print(listing(cloud.places()))
