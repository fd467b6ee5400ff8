"""Send generated events at a steady rate, and tell what became of them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder


def event_types_of(text: str) -> frozenset[str]:
    """Read a list with commas; empty means all.

    Raises:
        typer.BadParameter: a type that the generator does not make.
    """
    from ops.traffic.generator import TYPES

    named = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = ", ".join(sorted(named - TYPES))
    if unknown:
        known = ", ".join(sorted(TYPES))
        raise typer.BadParameter(f"{unknown}: not generated. There are: {known}")
    return named or TYPES


def finite(number: float) -> float:
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number}: not a number of this world")
    return number


def produce(  # noqa: PLR0913  one for each option
    *,
    rate: Annotated[float, typer.Option(help="Events a second.", min=0.01, callback=finite)] = 10,
    duration: Annotated[
        float,
        typer.Option(help="For how many seconds; 0 goes on until Ctrl-C.", min=0, callback=finite),
    ] = 60,
    batch_size: Annotated[
        int,
        typer.Option(
            help="Events in a request, which is sent when its last event is due.", min=1, max=500
        ),
    ] = 10,
    event_types: Annotated[
        str,
        typer.Option(help="Only these, such as page_view,click.", show_default="all"),
    ] = "",
    to: Annotated[
        Literal["api", "stream"],
        typer.Option(help="By HTTP, or past the API into the streams with PutRecords."),
    ] = "api",
    connections: Annotated[
        int, typer.Option(help="Requests under way at once, at most.", min=1, max=256)
    ] = 8,
    mistakes: Annotated[
        bool,
        typer.Option(help="Send one event in a hundred invalid, and one in a hundred twice."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the generator.")] = 1,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Send generated events to the running local cloud at a steady rate.

    Events carry the moment at which they are due and ids of their own, so no two runs are alike.
    A slow answer holds nothing up while a connection is free; falling behind is reported, and
    what cannot be begun within 5 seconds of the end is skipped.

    Ctrl-C, or SIGTERM, waits for the answers under way and prints the statistics, as the end does.
    Exits 0 when every event was stored, 1 when one was refused, failed or skipped (not counting
    what --mistakes made invalid), and 130 when Ctrl-C ended it early with nothing lost.
    """
    from ops.local.cloud import Cloud
    from ops.local.home import Home
    from ops.traffic.produce.run import Order, run

    order = Order(
        rate=rate,
        duration_s=duration,
        batch_size=batch_size,
        event_types=event_types_of(event_types),
        target=to,
        connections=connections,
        seed=seed,
        with_mistakes=mistakes,
    )
    raise typer.Exit(run(Cloud.load(Home(state.resolve())), order))
