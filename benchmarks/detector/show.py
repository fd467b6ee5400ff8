"""The table of how each detector did, which docs/anomalies.md holds."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from benchmarks.detector.compare import Compared, overall
from benchmarks.detector.patterns import Pattern
from ops.backtest.score import percent

_COUNTS = ("\nfound", "\nalerts", "\nfalse", "\nprecision", "\nrecall")
_RIVALS = ("rising z\nprecision", "\nrecall", "plain z\nprecision", "\nrecall")


def table(compared: Mapping[Pattern, Compared]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("\npattern", no_wrap=True)
    for name in _COUNTS:
        table.add_column(name, justify="right", no_wrap=True)
    for name in _RIVALS:
        table.add_column(name, justify="right", no_wrap=True, style="dim")
    for pattern, scores in compared.items():
        table.add_row(pattern.name, *_figures(scores))
    table.add_row("all", *_figures(overall(compared.values())), style="bold")
    return table


def _figures(scores: Compared) -> tuple[str, ...]:
    ours = scores.detector
    counts = (f"{ours.found}/{ours.windows}", ours.alerts, ours.alerts - ours.true_alerts)
    shares = (
        share
        for one in (ours, scores.rising_z, scores.plain_z)
        for share in (one.precision, one.recall)
    )
    return (*map(str, counts), *map(percent, shares))
