"""`python -m ops down`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder


def down(
    purge: Annotated[
        bool, typer.Option("--purge", help="Delete its data, including what crashed runs left.")
    ] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Stop the local cloud; its data is kept for the next `up`."""
    from ops.kit.console import Progress
    from ops.local.home import Home
    from ops.local.take_down import take_down

    with Progress().line("Local cloud") as line:
        line.outcome = take_down(Home(state.resolve()), purge=purge)
