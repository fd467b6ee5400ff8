"""Run a backtest with progress, and show and plot its alerts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chalicelib.model.hour import Hour
from ops.backtest import show
from ops.backtest.case import Case
from ops.backtest.judge_series import JudgedSeries, judge_series
from ops.backtest.plot import draw_with_progress
from ops.kit.console import bars, out

# Few viewers open a picture with more panels.
MOST_PANELS = 12


def run(cases: Sequence[Case], threshold: float, since: Hour | None, plot: Path | None) -> None:
    with bars() as progress:
        task = progress.add_task("hours judged", total=sum(case.n_hours for case in cases))
        judged = [
            judge_series(case, threshold, since, lambda: progress.advance(task)) for case in cases
        ]
        if plot is not None:
            draw_with_progress(_weightiest(judged), plot, progress)
    show.alerts(judged)
    if plot is not None:
        few = len(judged) <= MOST_PANELS
        which = "every series" if few else f"the {MOST_PANELS} series with the most alerts"
        out.print(f"Plotted in {plot}: {which}", soft_wrap=True, markup=False)


def _weightiest(judged: Sequence[JudgedSeries]) -> Sequence[JudgedSeries]:
    """Choose those with the most alerts, then with the most hours judged; keep their order."""

    def weight(one: JudgedSeries) -> tuple[int, int]:
        return len(one.alerts), sum(d.expected is not None for d in one.decisions.values())

    weightiest = sorted(judged, key=weight, reverse=True)[:MOST_PANELS]
    return [one for one in judged if one in weightiest]
