"""Carry a backtest out, with progress, and show what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress

from chalicelib.model.hour import Hour
from ops.backtest import show
from ops.backtest.case import Case
from ops.backtest.compare import compare
from ops.backtest.plot import draw
from ops.backtest.replay import Replay, replay
from ops.backtest.suite import PATTERNS
from ops.kit.console import bars, out

# More panels than this nobody looks at, and few viewers open so tall a picture.
MOST_PANELS = 12


def run(cases: Sequence[Case], threshold: float, since: Hour | None, plot: Path | None) -> None:
    """Replay series, print what was found, and draw it."""
    with bars() as progress:
        task = progress.add_task("hours judged", total=sum(map(_n_hours, cases)))
        replays = [
            replay(case, threshold, since, lambda: progress.advance(task)) for case in cases
        ]
        if plot is not None:
            _draw(_weightiest(replays), plot, progress)
    show.found(replays)
    if plot is not None:
        few = len(replays) <= MOST_PANELS
        _say_where(plot, "every series" if few else f"the {MOST_PANELS} series with most alerts")


def run_suite(seeds: Sequence[int], threshold: float, plot: Path | None) -> None:
    """Compare the detector with plainer ones on every pattern, and draw the first of each."""
    with bars() as progress:
        task = progress.add_task("series judged", total=len(PATTERNS) * len(seeds))
        compared = {
            pattern: compare(pattern, seeds, threshold, lambda: progress.advance(task))
            for pattern in PATTERNS
        }
        if plot is not None:
            firsts = [pattern.case(seeds[0]) for pattern in PATTERNS]
            _draw([replay(case, threshold) for case in firsts], plot, progress)
    show.compared(compared, len(seeds))
    if plot is not None:
        _say_where(plot, "each pattern, once")


def _n_hours(case: Case) -> int:
    return len(min(case.series).until(max(case.series).plus(1))) if case.series else 0


def _weightiest(replays: Sequence[Replay]) -> Sequence[Replay]:
    """Choose those with the most alerts, then with the most hours judged; keep their order."""

    def weight(one: Replay) -> tuple[int, int]:
        return len(one.alerts), sum(d.expected is not None for d in one.decisions.values())

    weightiest = sorted(replays, key=weight, reverse=True)[:MOST_PANELS]
    return [one for one in replays if one in weightiest]


def _draw(replays: Sequence[Replay], plot: Path, progress: Progress) -> None:
    task = progress.add_task("hours drawn", total=sum(len(one.decisions) for one in replays))
    draw(replays, plot, lambda: progress.advance(task))


def _say_where(plot: Path, what: str) -> None:
    out.print(f"Drawn in {plot}: {what}", soft_wrap=True, markup=False)
