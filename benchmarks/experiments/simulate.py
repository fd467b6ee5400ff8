"""Run many experiments of one kind, look at each twenty times, and count who is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.experiments.worlds import LOOKS, World
from chalicelib.experiments.comparison import Compared, Tally, compare
from chalicelib.experiments.plan import ALPHA
from chalicelib.experiments.statistics.fixed_horizon import two_proportions, welch
from chalicelib.experiments.statistics.sample_ratio import check_split
from chalicelib.experiments.statistics.sequential import Sequential
from chalicelib.model.experiment import MetricKind


@dataclass(frozen=True, slots=True)
class Simulated:
    """Counts of experiments.

    `naive` and `sequential` saw a difference at some look, `once` at the last one by the naive
    test. `held` are those whose interval of the lift held the truth at every look.
    """

    experiments: int = 0
    naive: int = 0
    once: int = 0
    sequential: int = 0
    held: int = 0

    def __add__(self, other: Simulated) -> Simulated:
        return Simulated(
            self.experiments + other.experiments,
            self.naive + other.naive,
            self.once + other.once,
            self.sequential + other.sequential,
            self.held + other.held,
        )


@dataclass(frozen=True, slots=True)
class _Look:
    naive: bool
    sequential: bool
    held: bool


def simulate(
    world: World, experiments: int, seed: int, done: Callable[[], object] = lambda: None
) -> Simulated:
    # By its name, so that a world that is added changes no other.
    chance = np.random.default_rng([seed, *world.name.encode()])
    sequential = Sequential(ALPHA, 2 * world.arriving * LOOKS)
    total = Simulated()
    for _ in range(experiments):
        total += _one(list(_looks(world, sequential, chance)))
        done()
    return total


def false_alarms_of_split(users: int, share: float, experiments: int, seed: int) -> int:
    """Count experiments whose split is called broken at one of twenty looks.

    The weights are equal, and `share` of the users get the control.
    """
    chance = np.random.default_rng(seed)
    alarms = 0
    for _ in range(experiments):
        control = chance.binomial(users // LOOKS, share, LOOKS).cumsum()
        alarms += any(
            check_split(
                {"a": int(count), "b": users // LOOKS * (look + 1) - int(count)}, {"a": 1, "b": 1}
            ).is_mismatch
            for look, count in enumerate(control)
        )
    return alarms


def _one(looks: list[_Look]) -> Simulated:
    return Simulated(
        experiments=1,
        naive=any(look.naive for look in looks),
        once=looks[-1].naive,
        sequential=any(look.sequential for look in looks),
        held=all(look.held for look in looks),
    )


def _looks(world: World, sequential: Sequential, chance: np.random.Generator) -> Iterator[_Look]:
    for control, variant in world.draw(chance):
        found = compare(world.kind, control, variant, sequential)
        naive = _naive_p(world.kind, control, variant) < ALPHA
        if isinstance(found, Compared) and found.lift:
            held = found.lift.low <= world.lift <= found.lift.high
            yield _Look(naive, found.difference.excludes_zero, held)
        else:
            # Without an interval nothing is claimed, so nothing is wrong.
            yield _Look(naive, sequential=False, held=True)


def _naive_p(kind: MetricKind, control: Tally, variant: Tally) -> float:
    test = two_proportions if kind is MetricKind.CONVERSION else welch
    found = test(control.plain, variant.plain)
    return found.p if found else 1.0
