"""What is merged from partials is what the raw events say, whatever happened on the way.

`python -m tests.unit.experiments.test_exact_results 3000` searches through that many worlds.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from random import Random

import pytest

from chalicelib.model.experiment import Experiment, Status, Variant
from chalicelib.model.hour import Hour
from tests.builders import NOON
from tests.unit.experiments.oracle import observed_of
from tests.unit.experiments.worlds import (
    N_HOURS,
    World,
    hour_of,
    plain,
    some_event,
    some_experiment,
)

HOURS = [NOON.plus(number) for number in range(N_HOURS)]
LOOKS = 4
N_WORLDS = 8


def check(world: World, experiment: Experiment, now: Hour) -> None:
    observed = world.observe(experiment, now)
    expected = observed_of(experiment, world.rows, world.partials.keys(), now)

    assert (None if observed is None else plain(observed)) == expected


def changed(experiment: Experiment, now: Hour, chance: Random) -> Experiment:
    """Stop it, prolong it, give it a variant more, or leave it as it is."""
    variants = (*experiment.variants[:2], Variant("third", 0))
    return chance.choice(
        [
            experiment,
            replace(experiment, stopped=now, status=Status.STOPPED),
            replace(experiment, variants=variants),
            replace(experiment, horizon_hours=chance.choice([None, 0, 3])),
            replace(experiment, pre_period_hours=chance.choice([0, 2, 3])),
        ]
    )


def look_at_a_world(chance: Random) -> None:
    """Look several times, with late events, repeats, and hours that are never rolled up."""
    world = World.random(chance)
    experiment = some_experiment(chance)
    world.roll_up(chance.sample(HOURS, 4))
    for look in range(LOOKS):
        touched = set()
        for late in range(chance.randrange(4)):
            row = some_event(chance, 1_000 * (look + 1) + late)
            world.add(row)
            touched.add(hour_of(row))
        if chance.random() < 0.5:
            touched.add(world.repeat(chance))
        # Whatever has changed is rolled up again, as its mark asks for, and some hours as well.
        world.roll_up(touched | set(chance.sample(HOURS, 1)))
        now = HOURS[min(look + 2, N_HOURS - 1)].plus(1)
        check(world, experiment, now)
        experiment = changed(experiment, now, chance)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_results_are_what_the_raw_events_say_at_every_look(seed: int) -> None:
    for number in range(N_WORLDS):
        look_at_a_world(Random(f"{seed}-{number}"))


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        look_at_a_world(Random(f"search-{number}"))
