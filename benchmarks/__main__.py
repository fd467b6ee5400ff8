"""Measure how many times the cost of a floor, a peer or a smaller run each stage takes.

The works that are compared take turns. Nothing is asserted: a ratio above its target is printed
as missed. `python -m benchmarks detector` and `experiments` are benchmarks of another kind, with
options of their own: they measure how often the product is right. So is `spark`, which needs the
environment of the Spark jobs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks import report
from benchmarks.curve import Curve
from benchmarks.detector.command import main as detector
from benchmarks.effort import Effort
from benchmarks.experiments.command import main as experiments
from benchmarks.row import Row
from benchmarks.spark import main as spark

# Each is a module here that has `measure(effort)` for its rows, and perhaps `growth(effort)`.
NAMES = (
    "ingest",
    "process",
    "transform",
    "rollup",
    "attribution",
    "sealing",
    "partials",
    "pipeline",
    "queries",
)


@dataclass(frozen=True, slots=True)
class Request:
    names: Sequence[str]
    curves: bool
    full: bool


def parse(arguments: Sequence[str] | None = None) -> Request:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"stages to measure; by default all: {', '.join(NAMES)}",
    )
    parser.add_argument(
        "--curves", action="store_true", help="also draw how costs grow with the size of the work"
    )
    parser.add_argument(
        "--full", action="store_true", help="measure hours of 10 M events instead of 3 M"
    )
    found = parser.parse_args(arguments)
    unknown = sorted(set(found.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return Request(found.names or NAMES, found.curves, found.full)


def main() -> None:
    own = {"detector": detector, "experiments": experiments, "spark": spark}.get(
        sys.argv[1] if sys.argv[1:] else ""
    )
    if own:
        return own(sys.argv[2:])
    return _measure(parse(), Console())


def _measure(request: Request, console: Console) -> None:
    rows_by_name: dict[str, Sequence[Row]] = {}
    for name in request.names:
        module = importlib.import_module(f"benchmarks.{name}")
        with _progress(console, f"measuring {name}", full=request.full) as effort:
            rows = module.measure(effort)
        rows_by_name[name] = rows
        report.show(name, rows, console)
        _print_path(console, report.save(name, rows))
        if request.curves and hasattr(module, "growth"):
            with _progress(console, f"growth of {name}", full=request.full) as effort:
                curves: Sequence[Curve] = module.growth(effort)
            for curve in curves:
                _print_path(console, curve.save())
    report.show_verdicts(rows_by_name, console)


@contextmanager
def _progress(console: Console, title: str, *, full: bool) -> Iterator[Effort]:
    with console.status(title) as status:
        yield Effort(full=full, say=lambda what: status.update(escape(f"{title}: {what}")))


def _print_path(console: Console, path: Path) -> None:
    console.print(f"written to {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
