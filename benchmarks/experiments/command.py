"""`python -m benchmarks experiments`: simulate experiments, and count wrong verdicts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.experiments.show import share, table
from benchmarks.experiments.simulate import false_alarms_of_split, simulate
from benchmarks.experiments.worlds import LOOKS, WORLDS
from ops.kit.console import bars, out

_SPLIT_USERS = 100_000


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks experiments", description=__doc__)
    parser.add_argument(
        "--experiments",
        type=int,
        metavar="N",
        default=1_000,
        help="how many experiments of each kind to simulate (default 1,000)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="random seed of the simulation (default 1)"
    )
    found = parser.parse_args(arguments)
    if found.experiments < 1:
        parser.error("--experiments must be at least 1")
    return found


def main(arguments: Sequence[str]) -> None:
    asked = parse(arguments)
    with bars() as progress:
        task = progress.add_task("experiments", total=len(WORLDS) * asked.experiments)
        simulated = {
            world: simulate(world, asked.experiments, asked.seed, lambda: progress.advance(task))
            for world in WORLDS
        }
    out.print(table(simulated))
    even, broken = (
        share(
            false_alarms_of_split(_SPLIT_USERS, part, asked.experiments, asked.seed),
            asked.experiments,
        )
        for part in (0.5, 0.49)
    )
    out.print(
        f"\n{asked.experiments:,} experiments each, {LOOKS} looks, seed {asked.seed};"
        " users a look are those of each variant.\n"
        "The tests' columns are the experiments in which they see a difference.\n"
        f"Split of {_SPLIT_USERS:,} users called broken at some look: {even} if it is 50:50,"
        f" {broken} if it is 49:51.",
        soft_wrap=True,
    )
