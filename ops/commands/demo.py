"""`python -m ops demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.options import Seed
from ops.local.state_folder import DEFAULT_DEMO_STATE, DemoStateFolder


def demo(
    events: Annotated[int, typer.Option(help="Number of events to send.", min=500)] = 20_000,
    hours: Annotated[
        int, typer.Option(help="Number of hours that the events span.", min=1, max=700)
    ] = 30,
    seed: Seed = 1,
    state: DemoStateFolder = DEFAULT_DEMO_STATE,
) -> None:
    """Send events through the whole pipeline on a local cloud, and verify the results.

    Starts empty on a free port, and leaves the local cloud running so you can explore. All results
    are read back from the services. Exits 1 when any two counts disagree.
    """
    from ops.demo.perform import Perform
    from ops.kit.console import out
    from ops.local.home import Home
    from ops.local.lock import locked

    home = Home(state.resolve())
    try:
        with locked(home):
            is_sound = Perform(home)(n_events=events, n_hours=hours, seed=seed)
    except KeyboardInterrupt:
        out.print("\nStopped. The local cloud may still be running; remove it with")
        out.print(f"  python -m ops down --purge --state {home.root}", soft_wrap=True)
        raise
    if not is_sound:
        raise typer.Exit(1)
