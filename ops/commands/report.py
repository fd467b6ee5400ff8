"""`python -m ops report`."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from chalicelib.query.gather import By
from ops.kit.hours import kept_range
from ops.kit.options import AsJson, AwsRegion, EventTypes
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage


def report(  # noqa: PLR0913  one for each option
    context: typer.Context,
    *,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Start of the range (UTC).",
            metavar="DAY|HOUR",
            show_default="24 hours before --to",
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="End of the range (UTC, exclusive).",
            metavar="DAY|HOUR",
            show_default="the end of the current hour",
        ),
    ] = None,
    by: Annotated[By, typer.Option(help="Period to merge hours into.")] = "day",
    event_type: EventTypes = None,
    as_json: AsJson = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Show rollups by hour, day or range: events, users, errors, latency and amounts.

    Over several hours, counts and sums are exact; users and percentiles are estimates, shown with
    their error.
    """
    from ops.report.as_json import as_json as to_json
    from ops.report.read import open_rollups, read
    from ops.report.show import show

    period = kept_range(first, end, time.time_ns() // 1_000_000)
    reader = context.obj or open_rollups(stage, region, state)
    found = read(reader, period, by, frozenset(event_type or ()))
    if as_json:
        print(json.dumps(to_json(found), indent=2))
    else:
        show(found)
