"""`python -m benchmarks detector`: replay the detector and its rivals over made-up patterns."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.detector.compare import compare
from benchmarks.detector.patterns import PATTERNS
from benchmarks.detector.show import table
from ops.backtest.judge_series import judge_series
from ops.backtest.plot import draw_with_progress
from ops.kit.console import bars, out


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks detector", description=__doc__)
    parser.add_argument(
        "--seeds",
        type=int,
        choices=range(1, 101),
        metavar="N",
        default=5,
        help="how many times each pattern is drawn (default 5)",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=3.0,
        help="score at and above which an hour is an anomaly (default 3)",
    )
    parser.add_argument("--plot", type=Path, help="draw each pattern once into this PNG file")
    found = parser.parse_args(arguments)
    if found.threshold < 0.1:
        parser.error("--threshold must be at least 0.1")
    if found.plot and found.plot.suffix.lower() != ".png":
        parser.error("--plot must end in .png")
    return found


def main(arguments: Sequence[str]) -> None:
    asked = parse(arguments)
    seeds = range(1, asked.seeds + 1)
    with bars() as progress:
        task = progress.add_task("series judged", total=len(PATTERNS) * len(seeds))
        compared = {
            pattern: compare(pattern, seeds, asked.threshold, lambda: progress.advance(task))
            for pattern in PATTERNS
        }
        if asked.plot:
            firsts = [
                judge_series(pattern.case(seeds[0]), asked.threshold) for pattern in PATTERNS
            ]
            draw_with_progress(firsts, asked.plot, progress)
    out.print(table(compared))
    out.print(f"\n{len(PATTERNS)} patterns, {len(seeds)} seeds each.", soft_wrap=True)
