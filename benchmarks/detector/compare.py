"""The detector compared with plainer ones, over the made-up patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.detector import z_score
from benchmarks.detector.patterns import Pattern
from ops.backtest.judge_series import judge_series
from ops.backtest.score import Score, score


@dataclass(frozen=True, slots=True)
class Compared:
    """How each detector did on the same series."""

    detector: Score = field(default_factory=Score)
    rising_z: Score = field(default_factory=Score)
    plain_z: Score = field(default_factory=Score)

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            self.detector + other.detector,
            self.rising_z + other.rising_z,
            self.plain_z + other.plain_z,
        )


def compare(
    pattern: Pattern,
    seeds: Sequence[int],
    threshold: float = 3.0,
    done: Callable[[], object] = lambda: None,
) -> Compared:
    """Draw a pattern once for each seed, and add up how the detectors did."""
    total = Compared()
    for seed in seeds:
        case = pattern.case(seed)
        windows = case.windows or ()
        total += Compared(
            score(judge_series(case, threshold).alerts.keys(), windows),
            score(z_score.rising(case, threshold), windows),
            score(z_score.beyond(case, threshold), windows),
        )
        done()
    return total


def overall(every: Iterable[Compared]) -> Compared:
    return sum(every, start=Compared())
