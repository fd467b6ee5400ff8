from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chalicelib.errors import StoreUnavailable
from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.compute_results import FINAL_AFTER_HOURS, ComputeResults
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.read_partials import ReadPartials
from chalicelib.lake import partial_keys
from chalicelib.model.experiment import Experiment, Status
from chalicelib.model.experiment_results import Look, Results
from chalicelib.model.hour import Hour
from tests.builders import NOON
from tests.unit.experiments.fake_results import FakeDefinitions, FakeResults
from tests.unit.experiments.worlds import make_experiment, partial_of
from tests.unit.rollup.builders import Row, at, make_row
from tests.unit.rollup.fakes import FakePartialObjects

PLENTY_MS = 900_000.0
STARTED = NOON.plus(1)


def make_exposure(number: int, hour: Hour = STARTED, experiment: str = "exp-a") -> Row:
    shown = f'{{"experiment_id":"{experiment}","variant":"treatment"}}'
    return make_row(
        number,
        event_type="exposure",
        user_id=f"usr_{number}",
        timestamp=at(hour.start_ms + number),
        properties=shown,
    )


class World:
    """The hours that are rolled up, whose partials are stored as rollups store them."""

    def __init__(self, *experiments: Experiment) -> None:
        self.definitions = FakeDefinitions([*experiments])
        self.objects = FakePartialObjects()
        self.named: dict[Hour, str] = {}
        self.results = FakeResults()
        self.now = STARTED.plus(3)
        self.n_marks = 0
        self.compute = ComputeResults(
            definitions=self.definitions,
            names=self,
            read_partials=ReadPartials(self, self.objects),
            results=self.results,
            analyze=analyze,
            clock=lambda: self.now.start_ms + 600_000,
        )

    def names(self, first: Hour, end: Hour) -> Mapping[Hour, str]:
        return {hour: name for hour, name in self.named.items() if first <= hour < end}

    def roll_up(self, hour: Hour, rows: Sequence[Row]) -> None:
        """Replace the hour's partial; the one of an older rollup may stay for a while."""
        self.n_marks += 1
        self.named[hour] = partial_keys.key_of(hour, self.n_marks)
        self.objects.bodies[self.named[hour]] = partial_of(rows, hour)

    def computed(self) -> Sequence[str]:
        return self.compute(lambda: PLENTY_MS).computed

    def users(self, experiment_id: str = "exp-a") -> int:
        return self.results.newest[experiment_id][0].users


@pytest.fixture
def world() -> World:
    world = World(make_experiment())
    world.roll_up(STARTED, [make_exposure(1), make_exposure(2)])
    return world


def test_an_experiment_is_computed_once_its_first_hour_is_rolled_up(world: World) -> None:
    assert world.computed() == ["exp-a"]
    assert world.users() == 2


def test_what_has_not_changed_is_not_computed_again(world: World) -> None:
    world.computed()
    world.now = world.now.plus(1)

    assert world.computed() == []


def test_a_restated_hour_restates_the_results(world: World) -> None:
    world.computed()
    world.now = world.now.plus(1)
    world.roll_up(STARTED, [make_exposure(1), make_exposure(2), make_exposure(3)])

    assert world.computed() == ["exp-a"]
    assert world.users() == 3


def test_each_look_is_kept(world: World) -> None:
    world.computed()
    world.now = world.now.plus(1)
    world.roll_up(STARTED.plus(1), [make_exposure(3, STARTED.plus(1))])
    world.computed()

    looks = world.results.newest["exp-a"][0].looks
    assert [look.at_ms for look in looks] == [
        STARTED.plus(number).start_ms + 600_000 for number in (3, 4)
    ]


def test_the_hours_covered_and_missing_are_part_of_the_results(world: World) -> None:
    world.computed()

    results = world.results.newest["exp-a"][0]
    assert (results.hours_covered, results.hours_missing) == (1, 2)


@pytest.mark.parametrize("hour", [NOON.plus(-1), STARTED.plus(2)], ids=["before", "after"])
def test_an_hour_outside_window_and_pre_period_makes_nothing_due(hour: Hour) -> None:
    experiment = make_experiment(pre_period_hours=1, stopped=STARTED.plus(2))
    world = World(replace(experiment, status=Status.STOPPED))
    world.roll_up(STARTED, [])
    world.computed()
    world.roll_up(hour, [make_exposure(1, hour)])

    assert world.computed() == []


def test_an_hour_of_the_pre_period_makes_its_experiment_due() -> None:
    world = World(make_experiment(pre_period_hours=1))
    world.roll_up(STARTED, [])
    world.computed()
    world.roll_up(STARTED.plus(-1), [])

    assert world.computed() == ["exp-a"]


def test_a_changed_definition_makes_its_experiment_due(world: World) -> None:
    world.computed()
    world.definitions.experiments[0] = make_experiment(horizon_hours=1, version=2)

    assert world.computed() == ["exp-a"]


def test_an_experiment_that_has_not_started_has_no_results() -> None:
    world = World(make_experiment(started=None), make_experiment(started=NOON.plus(90)))

    assert world.computed() == []
    assert not world.results.newest


def test_results_outlast_their_hours(world: World) -> None:
    world.definitions.experiments[0] = make_experiment(stopped=STARTED.plus(2))
    world.computed()
    world.now = STARTED.plus(2 + FINAL_AFTER_HOURS)
    world.named.clear()

    assert world.computed() == []


def test_a_partial_that_a_rollup_has_replaced_meanwhile_is_read_from_its_new_key(
    world: World,
) -> None:
    old = world.named[STARTED]
    world.roll_up(STARTED, [make_exposure(1)])
    del world.objects.bodies[old]
    read = world.compute.read_partials({STARTED: old}, [STARTED], {"_exposures"})

    [(hour, [rows])] = read
    assert (hour, len(rows.user)) == (STARTED, 1)


def test_an_hour_whose_row_names_no_partial_any_more_has_no_rows(world: World) -> None:
    old = world.named.pop(STARTED)
    del world.objects.bodies[old]

    assert [*world.compute.read_partials({STARTED: old}, [STARTED], {"purchase"})] == [
        (STARTED, [])
    ]


def test_a_partial_that_stays_missing_is_a_failure_of_its_experiment_alone(world: World) -> None:
    world.definitions.experiments.append(
        make_experiment(experiment_id="exp-b", started=STARTED.plus(1))
    )
    world.roll_up(STARTED.plus(1), [make_exposure(1, STARTED.plus(1), "exp-b")])
    del world.objects.bodies[world.named[STARTED]]

    computation = world.compute(lambda: PLENTY_MS)

    assert computation.computed == ["exp-b"]
    assert computation.failed == {"exp-a": StoreUnavailable.__name__}
    assert computation.to_json() == {
        "status": "failed",
        "results": 1,
        "error": StoreUnavailable.__name__,
    }


def test_newer_results_are_left_as_they_are(world: World) -> None:
    world.results.is_superseded = True

    computation = world.compute(lambda: PLENTY_MS)

    assert (computation.computed, computation.failed) == ([], {})


def test_what_finds_no_time_is_left_to_the_next_run(world: World) -> None:
    computation = world.compute(lambda: 1_000)

    assert (computation.computed, computation.left) == ([], 1)
    assert world.computed() == ["exp-a"]


def test_another_experiment_is_the_first_in_each_hour() -> None:
    begun: list[str] = []

    def record(observed: Observed, looks: Sequence[Look]) -> Results:
        begun.append(observed.experiment.experiment_id)
        return analyze(observed, looks)

    for number in range(2):
        world = World(make_experiment(), make_experiment(experiment_id="exp-b"))
        world.now = world.now.plus(number)
        replace(world.compute, analyze=record)(lambda: PLENTY_MS)

    assert begun[0] != begun[2]
