"""Stop the local cloud."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.options import DEFAULT_STATE, StateFolder


def down(
    purge: Annotated[
        bool, typer.Option("--purge", help="Also discard everything it holds.")
    ] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Stop the local cloud; what it holds is there again after the next `up`."""
    from ops.console import Progress
    from ops.home import Home
    from ops.local import ministack

    home = Home(state.resolve())
    with Progress().step("Local cloud") as step:
        stopped = ministack.stop(home)
        if purge:
            home.discard_data()
        else:
            home.discard_scratch()
        step.outcome = "stopped" if stopped else "was not running"
        if home.holds_data():
            step.outcome += "; its data is kept, `--purge` discards it"
