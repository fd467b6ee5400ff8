"""The table of how often each test is wrong, which docs/experiments.md holds."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from benchmarks.experiments.simulate import Simulated
from benchmarks.experiments.worlds import World

_COLUMNS = (
    "naive,\nany look",
    "naive,\nlast look",
    "sequential,\nany look",
    "interval\nalways held",
)


def table(simulated: Mapping[World, Simulated]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("\nexperiments", no_wrap=True)
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for world, found in simulated.items():
        counts = (found.naive, found.once, found.sequential, found.held)
        table.add_row(world.name, *(share(count, found.experiments) for count in counts))
    return table


def share(count: int, experiments: int) -> str:
    return f"{100 * count / experiments:.1f} %"
