"""`python -m benchmarks [NAME…]`: measure the stages named, or all.

A stage's module has `measure() -> list[Row]`, with `Row` from `benchmarks.report`.
Nothing is asserted here: a figure that misses its target is printed as missed.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

from rich.console import Console

from benchmarks import report

NAMES = ("ingest", "process", "transform")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(NAMES)}")
    console = Console()
    for name in names:
        with console.status(f"measuring {name}"):
            measure: Callable[[], list[report.Row]] = importlib.import_module(
                f"benchmarks.{name}"
            ).measure
            rows = measure()
        report.show(name, rows, console)
        console.print(f"written to {report.save(name, rows)}")


if __name__ == "__main__":
    main()
