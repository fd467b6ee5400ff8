"""`python -m ops backtest`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chalicelib.model.anomaly import Metric
from ops.kit.hours import OptionalEndHour, OptionalFirstHour, kept_range
from ops.kit.options import AwsRegion, EventTypes
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

if TYPE_CHECKING:
    from ops.backtest.case import Case

_Csv = Annotated[
    Path | None,
    typer.Option(
        help="CSV file with the columns timestamp and value, optionally label (0 or 1) and n.",
        exists=True,
        dir_okay=False,
    ),
]
_Windows = Annotated[
    Path | None,
    typer.Option(
        help="Labelled incidents of the CSV file: a JSON list of [from, to] pairs, or an object of"
        " such lists by file name, as in the Numenta Anomaly Benchmark.",
        exists=True,
        dir_okay=False,
    ),
]
_Metrics = Annotated[
    list[Metric] | None,
    typer.Option(
        help="Include only this metric; for a CSV file, the metric it contains. Repeatable.",
        show_default="all; volume for a CSV file",
    ),
]


def backtest(  # noqa: PLR0913  one for each option
    context: typer.Context,
    *,
    first: OptionalFirstHour = None,
    end: OptionalEndHour = None,
    csv: _Csv = None,
    windows: _Windows = None,
    event_type: EventTypes = None,
    metric: _Metrics = None,
    threshold: Annotated[
        float, typer.Option(help="Score at and above which an hour is an anomaly.", min=0.1)
    ] = 3.0,
    plot: Annotated[
        Path | None,
        typer.Option(help="Plot the series, their usual range and the alerts to this PNG file."),
    ] = None,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Run the anomaly detector over stored rollups or a CSV file.

    Prints what would have alerted and why, and with labelled incidents also precision and recall.

    For a CSV file, the values of an hour are summed for volume and averaged otherwise. An hour
    without values is missing, which is not zero. Times without an offset are UTC.
    """
    from ops.backtest.run import run
    from ops.backtest.stored import open_figures, stored_cases

    if plot is not None and plot.suffix.lower() != ".png":
        raise typer.BadParameter("must end in .png", param_hint="--plot")
    if windows and not csv:
        raise typer.BadParameter("requires --csv", param_hint="--windows")
    if csv and event_type:
        raise typer.BadParameter("requires --from and --to", param_hint="--event-type")
    if bool(csv) == bool(first or end):
        raise typer.BadParameter("give either --from and --to, or --csv")
    if csv:
        run([_read(csv, windows, metric or [Metric.VOLUME])], threshold, None, plot)
        return
    period = kept_range(first, end)
    reader = context.obj or open_figures(stage, region, state)
    cases = stored_cases(reader, period, event_type or (), metric or tuple(Metric))
    run(cases, threshold, period.first, plot)


def _read(csv: Path, windows: Path | None, metrics: Sequence[Metric]) -> Case:
    from ops.backtest.csv_file import BadFile, read

    if len(metrics) > 1:
        raise typer.BadParameter("a CSV file contains one metric", param_hint="--metric")
    try:
        return read(csv, metrics[0], windows)
    except BadFile as error:
        raise typer.BadParameter(str(error)) from error
