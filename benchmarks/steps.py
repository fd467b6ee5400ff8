"""`python -m benchmarks.steps [NAME…]`: where the time of a stage goes, in percent.

One thread, because only one can be looked at; a library's time counts for the function of ours
that called it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.sampler import Place, Sampler, sample

_LEAST_PERCENT = 1.0


def process() -> Sampler:
    from benchmarks.process import RECORDS, batch, process

    return sample(partial(process, batch(RECORDS)), 40)


def transform() -> Sampler:
    from benchmarks.transform import TYPES, body, transform
    from tests.builders import make_raw_key

    bodies = {make_raw_key(name, first_sequence=n): body(name) for n, name in enumerate(TYPES)}
    return sample(partial(transform, bodies, map), 8)


def rollup() -> Sampler:
    from benchmarks.hours import make_hour
    from benchmarks.rollup_ours import OurRollup
    from benchmarks.rollup_runs import MILLION

    with tempfile.TemporaryDirectory(prefix="eventstream-hour-") as folder:
        make_hour(Path(folder), MILLION)
        return sample(OurRollup(Path(folder), map), 8)


def by_module(place: Place) -> str:
    return place.module


def by_function(place: Place) -> str:
    return ".".join(filter(None, place))


STAGES: dict[str, tuple[Callable[[], Sampler], Callable[[Place], str]]] = {
    "process": (process, by_module),
    "transform": (transform, by_function),
    "rollup": (rollup, by_function),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(STAGES)}")
    names = parser.parse_args(arguments).names or list(STAGES)
    unknown = sorted(set(names) - STAGES.keys())
    if unknown:
        parser.error(f"no stage is named {', '.join(unknown)}; there are {', '.join(STAGES)}")
    console = Console()
    for name in names:
        look, grain = STAGES[name]
        with console.status(f"looking at {name}"):
            shares = look().shares(grain)
        console.print(_table(name, shares))


def _table(name: str, shares: Sequence[tuple[str, float]]) -> Table:
    table = Table("where", "percent", title=name, title_justify="left")
    table.columns[1].justify = "right"
    for place, percent in shares:
        if percent >= _LEAST_PERCENT:
            table.add_row(place, f"{percent:.1f}")
    rest = sum(percent for _, percent in shares if percent < _LEAST_PERCENT)
    table.add_row("all others", f"{rest:.1f}")
    return table


if __name__ == "__main__":
    main()
