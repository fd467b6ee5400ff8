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
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Rebuild lake files by sending the raw objects of some hours to the transform stage again.

    Each lake file is replaced by the current contents of its raw object, so the command can be
    repeated. The next hourly run rolls the hours up again.
    """
    from ops.kit.console import bars, err, out
    from ops.reach import reach
    from ops.rebuild.announce import Announce
    from ops.rebuild.archive import raw_keys

    period, types = range_of(first, end), frozenset(event_type or ())
    deployed = reach(stage, region, state)
    session, names = deployed.session, deployed.names
    with err.status("listing raw objects"):
        found = raw_keys(session.client("s3"), names.raw_bucket, period, types)
    if dry_run or not found:
        out.print(f"{len(found):,} raw objects in stage {stage}; nothing was sent.")
        return
    announce = Announce.open(session, names)
    with bars() as progress:
        task = progress.add_task("raw objects sent", total=len(found))
        announce(found, lambda n: progress.advance(task, n))
    out.print(f"{len(found):,} raw objects were sent to the queue {names.raw_queue}.")
    out.print("The lake is rebuilt when the queue is empty; then the hours are rolled up.")
