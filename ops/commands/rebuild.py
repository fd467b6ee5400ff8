"""`python -m ops rebuild`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.hours import EndHour, FirstHour, range_of
from ops.kit.options import AwsRegion, EventTypes
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage


def rebuild(  # noqa: PLR0913  one for each option
    *,
    first: FirstHour,
    end: EndHour,
    event_type: EventTypes = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the raw objects without rebuilding anything.")
    ] = False,
    attribution: Annotated[
        bool,
        typer.Option(
            "--attribution", help="Rebuild attribution's tables in PostgreSQL, and not the lake."
        ),
    ] = False,
    database_url: Annotated[
        str,
        typer.Option(
            "--database-url",
            envvar="DATABASE_URL",
            help="Attribution's database, as postgresql://user@host:port/database.",
            show_default="the local cloud's",
        ),
    ] = "",
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Rebuild lake files, or attribution's tables, from the raw objects of some hours.

    Lake files are rebuilt by sending the raw objects to the transform stage again. Each is
    replaced by the current contents of its raw object, so the command can be repeated. The next
    hourly run rolls the hours up again.

    With --attribution, this command itself reads the clicks and checkouts, and stores them as the
    functions do. Rows that are there already stay as they are.
    """
    from ops.kit.console import bars, err, out
    from ops.reach import reach
    from ops.rebuild.announce import Announce
    from ops.rebuild.archive import raw_keys
    from ops.rebuild.attribute import TYPES, open_database, rebuild_attribution

    period, types = range_of(first, end), frozenset(event_type or ())
    if attribution:
        types = TYPES & types if types else TYPES
    deployed = reach(stage, region, state)
    session, names = deployed.session, deployed.names
    with err.status("listing raw objects"):
        found = raw_keys(session.client("s3"), names.raw_bucket, period, types)
    if dry_run or not found:
        out.print(f"{len(found):,} raw objects in stage {stage}; nothing was done.")
        return
    if attribution:
        rebuild_attribution(session, names, found, open_database(database_url, state))
        return
    announce = Announce.open(session, names)
    with bars() as progress:
        task = progress.add_task("raw objects sent", total=len(found))
        announce(found, lambda n: progress.advance(task, n))
    out.print(f"{len(found):,} raw objects were sent to the queue {names.raw_queue}.")
    out.print("The lake is rebuilt when the queue is empty; then the hours are rolled up.")
