from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.errors import VersionConflict
from chalicelib.experiments.body import writable
from chalicelib.experiments.save_definition import SaveDefinition
from chalicelib.model.code import Code
from chalicelib.model.definition import to_json
from chalicelib.model.event import Rejected
from chalicelib.model.experiment import MAX_RUNNING, Experiment, Status
from chalicelib.model.instant import HOUR_MS, MINUTE_MS
from tests.builders import NOON, NOON_MS, make_definition, make_experiment
from tests.fakes import FakeExperiments

METRIC = {"key": "purchases", "event_type": "purchase"}


@dataclass
class World:
    now_ms: int = NOON_MS + 20 * MINUTE_MS
    store: FakeExperiments = field(default_factory=FakeExperiments)

    def save(
        self, value: object, replaces: int | None = None, experiment_id: str = "button"
    ) -> Experiment:
        return SaveDefinition(self.store, lambda: self.now_ms)(experiment_id, value, replaces)

    def change(self, **changes: object) -> Experiment:
        """Read the current version, change it, and send it back."""
        before = self.store.stored["button"][-1]
        return self.save({**writable(to_json(before)), **changes}, before.version)

    def codes(self, value: object, **more: Any) -> list[Code]:
        with pytest.raises(Rejected) as caught:
            self.save(value, **more)
        return [problem.code for problem in caught.value.problems]

    def codes_of_change(self, **changes: object) -> list[Code]:
        with pytest.raises(Rejected) as caught:
            self.change(**changes)
        return [problem.code for problem in caught.value.problems]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def running(world: World) -> World:
    world.save(make_definition(status="running", coverage=0.5))
    return world


def test_a_definition_is_completed_with_defaults(world: World) -> None:
    saved = world.save(make_definition())

    assert world.store.find("button") == saved
    assert (saved.version, saved.status, saved.salt) == (1, Status.DRAFT, "button")
    assert (saved.coverage, saved.updated_at_ms) == (10_000, world.now_ms)


def test_an_answer_can_be_sent_back_as_it_is(world: World) -> None:
    saved = world.save(make_definition())

    assert world.save(to_json(saved), 1) == saved
    assert len(world.store.stored["button"]) == 1


def test_each_change_is_a_version_with_its_time(world: World) -> None:
    world.save(make_definition())
    world.now_ms += 1_000
    saved = world.change(name="Greener button")

    assert (saved.version, saved.updated_at_ms) == (2, world.now_ms)
    assert [one.name for one in world.store.stored["button"]] == ["Green button", "Greener button"]


def test_versions_take_effect_in_their_order_when_a_clock_is_behind(world: World) -> None:
    first = world.save(make_definition())
    world.now_ms -= HOUR_MS

    assert world.change(name="later").updated_at_ms == first.updated_at_ms + 1


def test_the_hours_in_which_it_starts_and_stops_count(running: World) -> None:
    assert running.store.stored["button"][0].started == NOON
    running.now_ms += 2 * HOUR_MS

    stopped = running.change(status="stopped")
    assert (stopped.started, stopped.stopped) == (NOON, NOON.plus(3))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ...}, Code.MISSING_FIELD),
        ({"name": ""}, Code.TOO_SHORT),
        ({"colour": "red"}, Code.UNKNOWN_FIELD),
        ({"planned_users": 0}, Code.OUT_OF_RANGE),
        ({"planned_users": True}, Code.WRONG_TYPE),
        ({"variants": "two"}, Code.WRONG_TYPE),
        ({"variants": [{"key": "control", "weight": 1.0}]}, Code.TOO_SHORT),
        ({"status": "paused"}, Code.NOT_ALLOWED),
        ({"salt": "a:b"}, Code.WRONG_FORMAT),
        ({"coverage": 0.12345}, Code.WRONG_FORMAT),
        ({"coverage": 1.5}, Code.OUT_OF_RANGE),
        ({"control": "blue"}, Code.UNKNOWN_VARIANT),
        ({"assigned": {"usr_1": "blue"}}, Code.UNKNOWN_VARIANT),
        ({"assigned": {f"usr_{n}": "control" for n in range(201)}}, Code.TOO_LONG),
        ({"primary_metric": METRIC | {"property": "colour"}}, Code.UNKNOWN_PROPERTY),
        ({"primary_metric": METRIC | {"kind": "sum"}}, Code.INCONSISTENT_METRIC),
        ({"primary_metric": METRIC | {"property": "value"}}, Code.INCONSISTENT_METRIC),
        ({"primary_metric": METRIC | {"currency": "EUR"}}, Code.INCONSISTENT_METRIC),
        (
            {"primary_metric": METRIC | {"kind": "sum", "property": "amount"}},
            Code.INCONSISTENT_METRIC,
        ),
        ({"primary_metric": METRIC | {"event_type": "exposure"}}, Code.INCONSISTENT_METRIC),
        ({"primary_metric": METRIC | {"currency": "gold"}}, Code.NOT_ALLOWED),
        ({"guardrails": [METRIC]}, Code.REPEATED_KEY),
        ({"namespace": {"name": "page", "range": [0.5, 0.5]}}, Code.INVALID_RANGE),
        ({"status": "stopped"}, Code.STATUS_CHANGE_NOT_ALLOWED),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_definition_has_a_code(
    world: World, changes: dict[str, object], code: Code
) -> None:
    assert world.codes(make_definition(**changes)) == [code]
    assert world.store.current() == []


@pytest.mark.parametrize(
    ("weights", "codes"),
    [
        ((0.5, 0.4), [Code.WEIGHTS_DO_NOT_SUM]),
        ((0.5, 0.5001), [Code.WEIGHTS_DO_NOT_SUM]),
        ((1.0, 0.0), [Code.OUT_OF_RANGE]),
        ((0.33333, 0.66667), [Code.WRONG_FORMAT, Code.WRONG_FORMAT]),
    ],
    ids=str,
)
def test_weights_sum_to_one_in_four_decimals(
    world: World, weights: tuple[float, float], codes: list[Code]
) -> None:
    keys = ("control", "treatment")
    variants = [{"key": k, "weight": w} for k, w in zip(keys, weights, strict=True)]

    assert world.codes(make_definition(variants=variants)) == codes


def test_variants_of_one_key_are_refused(world: World) -> None:
    variants = [{"key": "control", "weight": 0.5}] * 2

    assert world.codes(make_definition(variants=variants)) == [Code.REPEATED_KEY]


@pytest.mark.parametrize("name", ["", "Button", "-button", "b" * 65, "a#b", "properties"])
def test_an_id_is_lower_case_and_short(world: World, name: str) -> None:
    [code] = world.codes(make_definition(), experiment_id=name)

    assert code in {Code.WRONG_FORMAT, Code.NOT_ALLOWED}


def test_an_id_that_exists_is_not_created_again(running: World) -> None:
    assert running.codes(make_definition()) == [Code.EXPERIMENT_EXISTS]


def test_what_does_not_exist_can_not_be_changed(world: World) -> None:
    assert world.codes(make_definition(), replaces=1) == [Code.EXPERIMENT_NOT_FOUND]


def test_a_change_of_an_older_version_is_refused(running: World) -> None:
    running.change(name="two")

    assert running.codes(make_definition(status="running"), replaces=1) == [Code.VERSION_CONFLICT]


def test_of_two_changes_at_once_one_is_refused(running: World) -> None:
    class Overtaken(FakeExperiments):
        def save(self, experiment: Experiment, replaces: int | None) -> None:
            FakeExperiments.save(self, replace(experiment, name="theirs"), replaces)
            raise VersionConflict

    running.store = Overtaken(stored=running.store.stored)

    assert running.codes_of_change(name="ours") == [Code.VERSION_CONFLICT]
    assert [one.name for one in running.store.stored["button"]] == ["Green button", "theirs"]


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": "pepper"},
        {"control": "treatment"},
        {"namespace": {"name": "page", "range": [0.0, 0.5]}},
        {"primary_metric": {"key": "clicks", "event_type": "click"}},
        {"variants": [{"key": "control", "weight": 0.6}, {"key": "treatment", "weight": 0.4}]},
        {"variants": [{"key": "treatment", "weight": 0.5}, {"key": "control", "weight": 0.5}]},
    ],
    ids=str,
)
def test_what_decides_is_fixed_while_it_runs(running: World, changes: dict[str, object]) -> None:
    assert running.codes_of_change(**changes) == [Code.CHANGED_WHILE_RUNNING]


def test_what_decides_can_change_in_a_draft(world: World) -> None:
    world.save(make_definition())

    assert world.change(salt="pepper").salt == "pepper"


def test_coverage_can_only_grow_while_it_runs(running: World) -> None:
    assert running.codes_of_change(coverage=0.4) == [Code.COVERAGE_LOWERED]
    assert running.change(coverage=0.6).coverage == 6_000


@pytest.mark.parametrize("status", ["draft"])
def test_a_running_experiment_does_not_become_a_draft(running: World, status: str) -> None:
    assert running.codes_of_change(status=status) == [Code.STATUS_CHANGE_NOT_ALLOWED]


@pytest.mark.parametrize("status", ["draft", "running"])
def test_a_stopped_experiment_does_not_start_again(running: World, status: str) -> None:
    running.change(status="stopped")

    assert running.codes_of_change(status=status) == [Code.STATUS_CHANGE_NOT_ALLOWED]


def test_parts_of_a_namespace_that_are_taken_are_refused_at_the_start(world: World) -> None:
    other = make_experiment(experiment_id="other", namespace="page", namespace_range=(0, 5_000))
    world.store = FakeExperiments.of(other)
    overlapping = {"name": "page", "range": [0.4999, 1.0]}
    world.save(make_definition(namespace=overlapping))

    assert world.codes_of_change(status="running") == [Code.NAMESPACE_TAKEN]
    world.change(namespace={"name": "page", "range": [0.5, 1.0]})
    assert world.change(status="running").status is Status.RUNNING


def test_only_so_many_experiments_run_at_once(world: World) -> None:
    others = [make_experiment(experiment_id=f"other-{n}") for n in range(MAX_RUNNING)]
    world.store = FakeExperiments.of(*others)

    assert world.codes(make_definition(status="running")) == [Code.TOO_MANY_RUNNING]
