"""How many times as much one work costs as another, from pairs measured turn by turn."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The median of the paired ratios, their quartiles, and the number of pairs.

    A slow turn slows both works of its pair, so a ratio holds where the costs themselves don't.
    """

    q1: float
    median: float
    q3: float
    n_turns: int

    @classmethod
    def of(cls, costs: Sequence[float], others: Sequence[float]) -> Self:
        """Divide each cost by the other work's cost in the same turn.

        The median of the ratios is not the ratio of the medians:

        >>> Ratio.of([2, 9, 4], [1, 3, 4])
        Ratio(q1=1.5, median=2.0, q3=2.5, n_turns=3)

        Raises:
            ValueError: there are no turns, or the works had different numbers of them.
        """
        ratios = [cost / other for cost, other in zip(costs, others, strict=True)]
        if not ratios:
            raise ValueError("a ratio needs at least one turn")
        # `quantiles` refuses a single value.
        several = ratios if len(ratios) > 1 else ratios * 2
        q1, median, q3 = statistics.quantiles(several, n=4, method="inclusive")
        return cls(q1=q1, median=median, q3=q3, n_turns=len(ratios))
