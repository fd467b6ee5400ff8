"""`python -m ops produce`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from ops.kit.options import Seed
from ops.local.state_folder import DEFAULT_STATE, StateFolder


def event_types_of(text: str) -> frozenset[str]:
    """Read a comma-separated list; an empty one means all.

    Raises:
        typer.BadParameter: the generator does not make such a type.
    """
    from ops.traffic.generator import TYPES

    named = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(named - TYPES):
        known = ", ".join(sorted(TYPES))
        raise typer.BadParameter(f"{', '.join(unknown)}: unknown type. The types are: {known}")
    return named or TYPES


def finite(number: float) -> float:
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number} is not a finite number")
    return number


def produce(  # noqa: PLR0913  one for each option
    *,
    rate: Annotated[
        float, typer.Option(help="Events per second.", min=0.01, callback=finite)
    ] = 10,
    duration: Annotated[
        float,
        typer.Option(
            help="Duration in seconds; 0 continues until Ctrl-C.", min=0, callback=finite
        ),
    ] = 60,
    batch_size: Annotated[
        int,
        typer.Option(
            help="Events per request. A request is sent when its last event is due.",
            min=1,
            max=500,
        ),
    ] = 10,
    event_types: Annotated[
        str,
        typer.Option(
            help="Event types to send, separated by commas, such as page_view,click.",
            show_default="all types",
        ),
    ] = "",
    to: Annotated[
        Literal["api", "stream"],
        typer.Option(help="Send through the API, or directly to the streams."),
    ] = "api",
    connections: Annotated[
        int, typer.Option(help="Maximum number of concurrent requests.", min=1, max=256)
    ] = 8,
    mistakes: Annotated[
        bool, typer.Option(help="Make one event in a hundred invalid, and send one twice.")
    ] = False,
    seed: Seed = 1,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="Write to this file, as JSON lines, the click that each checkout must be"
            " credited to.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Send generated events to the running local cloud at a steady rate.

    Each event has the timestamp at which it is due and its own ID, so every run differs. A slow
    answer does not delay other requests while a connection is free. Falling behind is reported,
    and events that can't be sent within 5 seconds of the end are skipped.

    Ctrl-C or SIGTERM waits for the requests under way and prints the statistics. Exits 0 when
    every event was stored, 1 when one was refused, failed or skipped (except for those made
    invalid by --mistakes), and 130 when Ctrl-C ended the run with nothing lost.
    """
    from ops.local.cloud import Cloud
    from ops.local.home import Home
    from ops.traffic.produce.run import Order, run

    order = Order(
        rate=rate,
        duration_s=duration,
        batch_size=batch_size,
        event_types=event_types_of(event_types),
        destination=to,
        connections=connections,
        seed=seed,
        with_mistakes=mistakes,
        truth=truth,
    )
    raise typer.Exit(run(Cloud.load(Home(state.resolve())), order))
