"""One figure of a stage, and the ratios by which it is judged."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.ratio import Ratio

# The least that the same work could cost, another tool that does it, or the same work when small.
type Kind = Literal["floor", "peer", "growth"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit for people, and how a measured cost is converted to it."""

    unit: str
    of: Callable[[float], float]


def millis(calls: int = 1) -> Scale:
    """Convert the seconds that so many calls took to milliseconds a call."""
    return Scale("ms", lambda seconds: seconds / calls * 1000)


def per_second(n_events: int) -> Scale:
    """Convert the seconds that so many events took to a rate.

    >>> per_second(100).of(0.5)
    200.0
    """
    return Scale("events/s", lambda seconds: n_events / seconds)


SECONDS = Scale("s", lambda seconds: seconds)
MICROS = Scale("µs", lambda seconds: seconds * 1e6)
MIB = Scale("MiB", lambda mib: mib)
BYTES = Scale("bytes", lambda mib: mib * 2**20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What a work took turns with, and how many times its cost is allowed."""

    kind: Kind
    name: str
    costs: Sequence[float]
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`figure` is the other's median in the unit of the row; `ratio` is ours over the other's."""

    kind: Kind
    name: str
    figure: float
    ratio: Ratio
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Judge by the median ratio; None without a target."""
        return None if self.at_most is None else self.ratio.median <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure, which is information, and its comparisons, which can have targets.

    `at_most` bounds the figure itself, in its unit. It is only for what the speed of a machine
    doesn't change: memory, and the share of events that are lost.
    """

    name: str
    figure: float
    unit: str
    note: str = ""
    comparisons: Sequence[Comparison] = ()
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Judge the figure by its own bound alone; None without one."""
        return None if self.at_most is None else self.figure <= self.at_most


def measured(
    name: str,
    costs: Sequence[float],
    scale: Scale,
    *others: Other,
    note: str = "",
    at_most: float | None = None,
) -> Row:
    """Make a row of medians, and compare the costs with the others' turn by turn.

    Raises:
        ValueError: another work didn't take as many turns.
    """
    return Row(
        name=name,
        figure=scale.of(statistics.median(costs)),
        unit=scale.unit,
        note=note,
        comparisons=[_compared(costs, scale, other) for other in others],
        at_most=at_most,
    )


def _compared(costs: Sequence[float], scale: Scale, other: Other) -> Comparison:
    return Comparison(
        kind=other.kind,
        name=other.name,
        figure=scale.of(statistics.median(other.costs)),
        ratio=Ratio.of(costs, other.costs),
        at_most=other.at_most,
    )
