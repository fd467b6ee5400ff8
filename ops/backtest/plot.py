"""A picture of a backtest: observed and expected values, and the alerts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.model import instant
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour
from ops.backtest.judge_series import JudgedSeries

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.progress import Progress

_UNITS = {Metric.VOLUME: "events", Metric.LATENCY: "p95, ms", Metric.ERROR_RATE: "errors, %"}
_WIDTH, _PANEL_INCHES, _MARGIN_INCHES = 14, 2.3, 0.5
_OBSERVED, _EXPECTED, _BAND = "#1b3a57", "#d08a00", "#9ec5e8"
_ALERT, _WINDOW = "#c0182b", "#f6d9a8"


def draw_with_progress(judged: Sequence[JudgedSeries], path: Path, progress: Progress) -> None:
    """Draw a panel for each series."""
    task = progress.add_task("hours drawn", total=sum(len(one.decisions) for one in judged))
    _draw(judged, path, lambda: progress.advance(task))


def _draw(judged: Sequence[JudgedSeries], path: Path, drawn: Callable[[], object]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    height = _PANEL_INCHES * len(judged) + 2 * _MARGIN_INCHES
    figure, grid = plt.subplots(len(judged), 1, figsize=(_WIDTH, height), squeeze=False)
    # By hand, since matplotlib's own layouts fail with many panels.
    margin = _MARGIN_INCHES / height
    figure.subplots_adjust(left=0.06, right=0.985, top=1 - margin, bottom=margin, hspace=0.45)
    for axes, one in zip(grid[:, 0], judged, strict=True):
        _panel(axes, one, drawn)
    handles = {
        label: handle
        for axes in grid[:, 0]
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="upper right", ncols=5, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _panel(axes: Axes, one: JudgedSeries, drawn: Callable[[], object]) -> None:
    from matplotlib import dates

    hours = list(one.decisions)
    times = [_time(hour) for hour in hours]
    percent = 100.0 if one.case.metric is Metric.ERROR_RATE else 1.0
    low, high = _band(one, hours, percent, drawn)
    observed = [_value(one.decisions[hour].observed, percent) for hour in hours]
    expected = [_value(one.decisions[hour].expected, percent) for hour in hours]
    for number, window in enumerate(one.case.windows or ()):
        label = "" if number else "labelled incident"
        ends = _time(window.first), _time(window.last.plus(1))
        axes.axvspan(*ends, color=_WINDOW, linewidth=0, label=label, zorder=0)
    axes.fill_between(times, low, high, color=_BAND, alpha=0.55, linewidth=0, label="usual range")
    axes.plot(times, expected, color=_EXPECTED, linewidth=0.9, label="expected")
    axes.plot(times, observed, color=_OBSERVED, linewidth=0.9, label="observed")
    _mark_alerts(axes, one, percent)
    axes.set_title(
        f"{one.case.name}, {one.case.metric.replace('_', ' ')}", loc="left", fontsize=10
    )
    axes.set_ylabel(_UNITS[one.case.metric], fontsize=8)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.005)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    locator = dates.AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    formatter = dates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(formatter)


def _mark_alerts(axes: Axes, one: JudgedSeries, percent: float) -> None:
    alerts = one.alerts
    axes.plot(
        [_time(hour) for hour in alerts],
        [_value(decision.observed, percent) for decision in alerts.values()],
        linestyle="none",
        marker="o",
        markersize=6,
        markerfacecolor="none",
        markeredgecolor=_ALERT,
        markeredgewidth=1.6,
        label="alert",
        zorder=5,
        clip_on=False,
    )


def _band(
    one: JudgedSeries, hours: Sequence[Hour], percent: float, drawn: Callable[[], object]
) -> tuple[list[float], list[float]]:
    low, high = [], []
    for hour in hours:
        ends = one.usual_range(hour) or (math.nan, math.nan)
        low.append(ends[0] * percent)
        high.append(ends[1] * percent)
        drawn()
    return low, high


def _value(value: float | None, percent: float) -> float:
    return math.nan if value is None else value * percent


def _time(hour: Hour) -> float:
    """Return the hour as matplotlib counts: days since 1970."""
    return hour.start_ms / instant.DAY_MS
