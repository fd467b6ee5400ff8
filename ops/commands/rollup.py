"""`python -m ops rollup`."""

from __future__ import annotations

from typing import Annotated

import typer

from chalicelib.model.hour import Hour
from ops.kit.hours import OptionalEndHour, OptionalFirstHour, hour_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

EXAMPLE = "2026-11-21T10"
_LAST = Hour.parse("9999-12-31T23")


def rollup(
    *,
    window: Annotated[
        str | None,
        typer.Option(help=f"Single hour to roll up (UTC), such as {EXAMPLE}.", metavar="HOUR"),
    ] = None,
    first: OptionalFirstHour = None,
    end: OptionalEndHour = None,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Roll up one hour, or a range of up to 744 hours, from the current contents of the lake.

    Replaces earlier rollups of these hours, and can be repeated. Exits 1 when an hour fails.
    """
    from ops.kit.console import bars, out
    from ops.reach import reach
    from ops.rebuild.roll_up import roll_up

    start, stop = _hours(window, first, end)
    deployed = reach(stage, region, state)
    n_hours = len(start.until(stop))
    with bars() as progress:
        task = progress.add_task("hours rolled up", total=n_hours)
        ended = roll_up(deployed, start, stop, lambda n: progress.update(task, completed=n))
        progress.update(task, completed=n_hours if ended.status == "SUCCEEDED" else None)
    out.print(f"{ended.name} {ended.status.lower()}: {ended.output}")
    if ended.status != "SUCCEEDED":
        raise typer.Exit(1)


def _hours(window: str | None, first: str | None, end: str | None) -> tuple[Hour, Hour]:
    if window and not (first or end):
        if "T" not in window:
            raise typer.BadParameter(f"--window must be an hour, such as {EXAMPLE}")
        hour = hour_of(window, "--window")
        if hour == _LAST:
            raise typer.BadParameter(
                f"--window must be before {_LAST.text}, whose end has no date"
            )
        return hour, hour.plus(1)
    if first and end and not window:
        return hour_of(first, "--from"), hour_of(end, "--to")
    raise typer.BadParameter("give either --window, or --from and --to")
