"""Show what was rolled up, merged into hours, days or one range."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS
from chalicelib.model.period import Period
from ops.kit.hours import hour_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage
from ops.report.gather import By

if TYPE_CHECKING:
    from ops.report.ports import RollupReader

# Rows are kept for so long.
_MOST_DAYS = 400


def report(  # noqa: PLR0913  one for each option
    context: typer.Context,
    *,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The first day or hour, UTC.",
            metavar="DAY|HOUR",
            show_default="24 hours before --to",
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="The day or hour that ends it, and is left out.",
            metavar="DAY|HOUR",
            show_default="after this hour",
        ),
    ] = None,
    by: Annotated[By, typer.Option(help="What to merge hours into.")] = "day",
    event_type: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this one, or _all; can be repeated.", metavar="TYPE", show_default="all"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs to read.")] = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Show the rollups of hours, days or a range: events, users, errors, latency, amounts.

    Over several hours, counts and sums are exact, and users and percentiles are estimates whose
    errors are stated. Hours that were rolled up again count as they are now.
    """
    from chalicelib.errors import Unreadable
    from ops.kit.console import err
    from ops.kit.errors import OperationFailed
    from ops.report.as_json import as_json as to_json
    from ops.report.gather import gather
    from ops.report.show import show

    period = period_of(first, end, time.time_ns() // 1_000_000)
    reader: RollupReader = context.obj or _stored(stage, region, state)
    try:
        with err.status("reading rollups"):
            found = gather(reader, period, by, frozenset(event_type or ()))
    except Unreadable as error:
        raise OperationFailed(
            f"A row was rolled up by an older version: {' '.join(map(str, error.args))}.",
            "Roll the hours up again: `python -m ops rollup --from … --to …`.",
        ) from error
    if as_json:
        print(json.dumps(to_json(found), indent=2))
    else:
        show(found)


def period_of(first: str | None, end: str | None, now_ms: int) -> Period:
    """Return the hours that were asked for.

    Raises:
        typer.BadParameter: not a day or hour, or none or too many of them.
    """
    stop = hour_of(end, "--to") if end else Hour.of(now_ms).plus(1)
    start = hour_of(first, "--from") if first else stop.plus(-24)
    days = (stop.start_ms - start.start_ms) / DAY_MS
    if days <= 0:
        raise typer.BadParameter("--to must be after --from, since it is left out")
    if days > _MOST_DAYS:
        raise typer.BadParameter(f"{days:,.0f} days; rollups are kept for {_MOST_DAYS}")
    return Period(start, stop)


def _stored(stage: str, region: str | None, state: Path) -> RollupReader:
    from chalicelib.aws.rollup_reader import DynamoRollupReader
    from ops.reach import reach

    deployed = reach(stage, region, state)
    client = deployed.session.client("dynamodb")
    return DynamoRollupReader(client, deployed.names.table("aggregates"))
