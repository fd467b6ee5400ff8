"""Run the whole pipeline on a local cloud of its own, and show what came out."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.local.state_folder import DEFAULT_DEMO_STATE, DemoStateFolder


def demo(
    events: Annotated[int, typer.Option(help="How many events to send.", min=500)] = 20_000,
    hours: Annotated[int, typer.Option(help="Over how many hours.", min=1, max=700)] = 30,
    seed: Annotated[int, typer.Option(help="Of the generator.")] = 1,
    state: DemoStateFolder = DEFAULT_DEMO_STATE,
) -> None:
    """Send a day and more of events through the whole pipeline, and show what came out.

    Starts empty each time, on a free port, and leaves the local cloud up to look around in.
    What came out is read back from the services, not from what was sent; exits 1 when any two
    counts disagree, of what was sent, answered and held.
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
        out.print("\nStopped. What it started may be up still; take it down with")
        out.print(f"  python -m ops down --purge --state {home.root}", soft_wrap=True)
        raise
    if not is_sound:
        raise typer.Exit(1)
