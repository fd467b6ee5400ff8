"""Make the lake's files of some hours anew, from the raw archive."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.hours import EndHour, FirstHour, range_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage


def rebuild(  # noqa: PLR0913  one for each option
    *,
    first: FirstHour,
    end: EndHour,
    event_type: Annotated[
        list[str] | None,
        typer.Option(help="Only this one; can be repeated.", metavar="TYPE", show_default="all"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the raw objects, and send nothing.")
    ] = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Send the raw objects of some hours through the transform stage again.

    Each lake file is written over by what its raw object holds now, so that this can be repeated
    at will. Every file marks its hour, and the next hourly run rolls the hours up again.
    """
    from ops.kit.console import bars, err, out
    from ops.reach import reach
    from ops.rebuild.announce import Announce
    from ops.rebuild.archive import raw_keys

    period = range_of(first, end)
    deployed = reach(stage, region, state)
    session, names = deployed.session, deployed.names
    with err.status("listing raw objects"):
        found = raw_keys(
            session.client("s3"), names.raw_bucket, period, frozenset(event_type or ())
        )
    if dry_run or not found:
        out.print(f"{len(found):,} raw objects of stage {stage}; nothing was sent.")
        return
    sqs = session.client("sqs")
    queue_url = sqs.get_queue_url(QueueName=names.raw_queue)["QueueUrl"]
    with bars() as progress:
        task = progress.add_task("objects announced", total=len(found))
        announce = Announce(sqs, queue_url, names.raw_bucket)
        announce(found, lambda n: progress.advance(task, n))
    out.print(f"{len(found):,} raw objects are on their way into the lake.")
    out.print(f"Done when the queue {names.raw_queue} is empty; then the hours are rolled up.")
