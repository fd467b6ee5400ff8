"""The detector beside plainer ones, over the suite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ops.backtest import plain
from ops.backtest.replay import replay
from ops.backtest.score import Score, score
from ops.backtest.suite import Pattern


@dataclass(frozen=True, slots=True)
class Compared:
    """How each detector did on the same series."""

    detector: Score = field(default_factory=Score)
    plain_rising: Score = field(default_factory=Score)
    plain: Score = field(default_factory=Score)

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            self.detector + other.detector,
            self.plain_rising + other.plain_rising,
            self.plain + other.plain,
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
            score(replay(case, threshold).alerts.keys(), windows),
            score(plain.rising(case, threshold), windows),
            score(plain.beyond(case, threshold), windows),
        )
        done()
    return total


def overall(every: Iterable[Compared]) -> Compared:
    return sum(every, start=Compared())
