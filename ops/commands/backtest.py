"""Replay the anomaly detector, to see what it would have told people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chalicelib.model.anomaly import Metric
from chalicelib.model.period import Period
from ops.kit.hours import range_of
from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

if TYPE_CHECKING:
    from chalicelib.anomalies.ports import FiguresReader
    from ops.backtest.case import Case

_LONGEST_HOURS = 400 * 24

_File = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        help="Replay this file: columns timestamp,value and, if you like, label (0 or 1) and n.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
_WindowsFile = Annotated[
    Path | None,
    typer.Option(
        "--windows",
        help="What ought to be found in the CSV: a JSON list of pairs from, to; or such lists by"
        " file name, as in the Numenta Anomaly Benchmark's combined_windows.json.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
_PlotFile = Annotated[
    Path | None,
    typer.Option("--plot", help="Draw the series, the usual range and the alerts, as PNG."),
]


def backtest(  # noqa: PLR0913  one for each option
    context: typer.Context,
    *,
    first: Annotated[
        str | None,
        typer.Option("--from", help="Replay stored rollups from here, UTC.", metavar="DAY|HOUR"),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", help="Up to here, and without it.", metavar="DAY|HOUR"),
    ] = None,
    csv: _File = None,
    windows: _WindowsFile = None,
    suite: Annotated[
        bool, typer.Option("--suite", help="Replay twenty made-up patterns, and compare.")
    ] = False,
    event_type: Annotated[
        list[str] | None,
        typer.Option(
            help="Of the stored ones, only this, or _all; can be repeated.",
            metavar="TYPE",
            show_default="all",
        ),
    ] = None,
    metric: Annotated[
        list[Metric] | None,
        typer.Option(
            help="Only this; can be repeated. Of a CSV, what it holds.",
            show_default="all; volume of a CSV",
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="The score from which an hour is an anomaly.", min=0.1)
    ] = 3.0,
    seeds: Annotated[
        int, typer.Option(help="How often the suite draws each pattern.", min=1, max=100)
    ] = 5,
    plot: _PlotFile = None,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Replay the detector over stored rollups, a CSV file, or made-up patterns.

    Prints what would have alerted and why, and where it is known what ought
    to be found, precision and recall. Give one of --from and --to, --csv, or
    --suite.

    The values of a CSV that fall into one hour are summed for volume, and
    averaged otherwise. An hour without any is missing, which is not zero.
    Times are UTC where they name no zone.
    """
    from ops.backtest.run import run, run_suite
    from ops.backtest.stored import stored_cases

    if plot is not None and plot.suffix.lower() != ".png":
        raise typer.BadParameter("must end in .png", param_hint="--plot")
    if windows and not csv:
        raise typer.BadParameter("goes with --csv", param_hint="--windows")
    if event_type and (csv or suite):
        raise typer.BadParameter("goes with --from and --to", param_hint="--event-type")
    if metric and suite:
        raise typer.BadParameter("does not go with --suite", param_hint="--metric")
    mode = _mode(stored=bool(first or end), csv=bool(csv), suite=suite)
    if mode == "suite":
        run_suite(range(1, seeds + 1), threshold, plot)
    elif csv:
        run([_read(csv, windows, metric or [Metric.VOLUME])], threshold, None, plot)
    else:
        period = _period(first, end)
        reader: FiguresReader = context.obj or _stored(stage, region, state)
        cases = stored_cases(reader, period, event_type or (), metric or tuple(Metric))
        run(cases, threshold, period.first, plot)


def _mode(**modes: bool) -> str:
    chosen = [name for name, is_chosen in modes.items() if is_chosen]
    if len(chosen) != 1:
        raise typer.BadParameter("give one of --from and --to, --csv, or --suite")
    return chosen[0]


def _period(first: str | None, end: str | None) -> Period:
    if not (first and end):
        raise typer.BadParameter("--from and --to go together")
    period = range_of(first, end)
    if period.first.plus(_LONGEST_HOURS) < period.end:
        raise typer.BadParameter("more than 400 days, for which rollups are kept")
    return period


def _read(csv: Path, windows: Path | None, metrics: Sequence[Metric]) -> Case:
    from ops.backtest.csv_file import BadFile, read

    if len(metrics) > 1:
        raise typer.BadParameter("a CSV holds one metric", param_hint="--metric")
    try:
        return read(csv, metrics[0], windows)
    except BadFile as error:
        raise typer.BadParameter(str(error)) from error


def _stored(stage: str, region: str | None, state: Path) -> FiguresReader:
    from chalicelib.aws.aggregates import DynamoAggregates
    from ops.reach import reach

    deployed = reach(stage, region, state)
    client = deployed.session.client("dynamodb")
    return DynamoAggregates(client, deployed.names.table("aggregates"))
