"""`python -m ops replay`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.hours import EndHour, FirstHour, range_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage


def replay(  # noqa: PLR0913  one for each option
    *,
    first: FirstHour,
    end: EndHour,
    code: Annotated[
        list[str] | None,
        typer.Option(
            help="Replay only records quarantined with this code. Repeatable.",
            metavar="CODE",
            show_default="all codes",
        ),
    ] = None,
    fix: Annotated[
        str | None,
        typer.Option(
            help="Shell command that reads one event per line and writes the corrected event,"
            " such as \"jq -c '.source = .source[:64]'\".",
            metavar="COMMAND",
            show_default=False,
        ),
    ] = None,
    abandoned: Annotated[
        bool,
        typer.Option(
            "--abandoned", help="Replay the batches that Lambda abandoned, not the quarantine."
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Include already replayed records (creates duplicates)."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent without sending it.")
    ] = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Send quarantined or abandoned records to the streams again, selected by arrival time.

    Only records that are valid now are sent, as new records with the same event IDs; the others
    stay and are shown with their reason. What was sent is noted in the bucket, so the command can
    be repeated at any time. Exits 1 when a record is still invalid.
    """
    from ops.kit.console import out
    from ops.reach import reach
    from ops.replay.fix_command import fix_with
    from ops.replay.run import ReplayRequest, run
    from ops.replay.source import failures, quarantine

    not_json = list[int]()
    request = ReplayRequest(
        period=range_of(first, end),
        source=failures if abandoned else quarantine,
        fix=fix_with(fix, not_json.append) if fix else list,
        codes=frozenset(code or ()),
        again=again,
        dry_run=dry_run,
    )
    all_valid = run(reach(stage, region, state), request)
    if skipped := sum(not_json):
        out.print(
            f"{skipped:,} records are not JSON and were not passed to `{fix}`.", markup=False
        )
    if not all_valid:
        raise typer.Exit(1)
