"""Put records that were set aside into the streams again."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Annotated

import typer

from ops.kit.hours import EndHour, FirstHour, range_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage, Reached

if TYPE_CHECKING:
    from chalicelib.delivery.deliver import Deliver
    from ops.replay.replay import Tally

# One call's own limit, and how long records that a shard has no room for are tried.
CALL_LIMIT_S = 10.0
BUDGET_S = 120.0


def replay(  # noqa: PLR0913  one for each option
    *,
    first: FirstHour,
    end: EndHour,
    code: Annotated[
        list[str] | None,
        typer.Option(
            help="Only records set aside for this; can be repeated.",
            metavar="CODE",
            show_default="all",
        ),
    ] = None,
    mend: Annotated[
        str | None,
        typer.Option(
            help="A command that reads an event a line and writes it mended,"
            " such as \"jq -c '.source = .source[:64]'\".",
            metavar="COMMAND",
            show_default=False,
        ),
    ] = None,
    given_up: Annotated[
        bool,
        typer.Option("--given-up", help="The batches that Lambda gave up on, not the quarantine."),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was replayed before; makes repeats.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Replay what was set aside in some hours, by its arrival: as new records with the same ids.

    Only what process would take now is sent; the rest stays, and is shown with its reason.
    What was sent is noted in the bucket, so that the same command can be run again at any time.
    Exits 1 when something is still invalid.
    """
    from chalicelib.errors import StoreUnavailable
    from ops.kit.console import bars, out
    from ops.kit.errors import OperationFailed
    from ops.reach import reach
    from ops.replay.mend import as_it_is, mending_by
    from ops.replay.replay import Replay, Tally
    from ops.replay.source import failures, quarantine

    period = range_of(first, end)
    deployed = reach(stage, region, state)
    source = (failures if given_up else quarantine)(deployed)
    work = Replay(
        objects=source.objects,
        read=source.read,
        deliver=_deliver(deployed),
        streams_by_type={one: deployed.names.stream(f"{one}s") for one in ("click", "checkout")},
        default_stream=deployed.names.stream("events"),
        codes=frozenset(code or ()),
        mend=mending_by(mend) if mend else as_it_is,
        again=again,
        dry_run=dry_run,
    )
    tally = Tally()
    try:
        with bars() as progress:
            for key in progress.track(source.keys(period), description="objects read"):
                work(key, tally)
    except StoreUnavailable as error:
        raise OperationFailed(f"The bucket can't be read or written: {error}.") from error
    finally:
        if tally.found:
            _show(tally, dry_run=dry_run)
    if not tally.found:
        out.print("Nothing was set aside in these hours.")
    raise typer.Exit(1 if tally.invalid else 0)


def _deliver(stage: Reached) -> Deliver:
    from botocore.config import Config

    from chalicelib.aws.streams import KinesisStreamWriter
    from chalicelib.delivery.deliver import Deliver

    # Retries are the delivery's: botocore would put a call again whole.
    once = {"mode": "standard", "total_max_attempts": 1}
    config = Config(retries=once, read_timeout=CALL_LIMIT_S)  # type: ignore[arg-type]
    return Deliver(
        streams=KinesisStreamWriter(stage.session.client("kinesis", config=config)),
        timer=time.monotonic,
        sleep=time.sleep,
        jitter=random.random,
        budget_s=BUDGET_S,
        call_limit_s=CALL_LIMIT_S,
    )


def _show(tally: Tally, *, dry_run: bool) -> None:
    from rich.table import Table

    from ops.kit.console import out

    valid = "would be sent" if dry_run else "sent"
    table = Table("set aside for", "records", "replayed before", valid, box=None)
    for code, n_found in sorted(tally.found.items()):
        n_valid = tally.valid[code] if dry_run else tally.sent[code]
        table.add_row(code, f"{n_found:,}", f"{tally.earlier[code]:,}", f"{n_valid:,}")
    out.print(table)
    for invalid, count in sorted(tally.invalid.items()):
        out.print(
            f"{count:,} still invalid: {invalid}, such as: {tally.reasons[invalid]}",
            markup=False,
            soft_wrap=True,
        )
