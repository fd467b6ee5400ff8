"""Stop the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder

if TYPE_CHECKING:
    from ops.local.home import Home


def down(
    purge: Annotated[
        bool,
        typer.Option("--purge", help="Also discard everything it holds, and what crashes left."),
    ] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Stop the local cloud; what it holds is there again after the next `up`."""
    from ops.kit.console import Progress
    from ops.local.home import Home

    home = Home(state.resolve())
    with Progress().step("Local cloud") as step:
        step.outcome = _take_down(home, purge) if home.root.is_dir() else "was not running"


def _take_down(home: Home, purge: bool) -> str:
    from ops.local import ministack
    from ops.local.lock import locked

    with locked(home):
        outcome = "stopped" if ministack.stop(home) else "was not running"
        if purge:
            home.discard_data()
        else:
            home.discard_scratch()
        kept = "; its data is kept, `--purge` discards it" if home.holds_data() else ""
    return outcome + kept
