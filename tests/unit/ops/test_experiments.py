from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from chalicelib.model.experiment import Status
from ops.experiments import StageExperiments, table_of
from ops.kit.errors import OperationFailed
from tests.builders import NOON_MS, make_definition, make_experiment
from tests.fakes import FakeExperiments


@dataclass
class World:
    store: FakeExperiments = field(default_factory=FakeExperiments)

    @property
    def stage(self) -> StageExperiments:
        return StageExperiments(self.store, lambda: NOON_MS)

    def put(self, **changes: object) -> None:
        self.stage.put("button", json.dumps(make_definition(**changes)).encode())


@pytest.fixture
def world() -> World:
    return World()


def test_a_file_creates_an_experiment_and_then_replaces_it(world: World) -> None:
    world.put()
    world.put(name="two")

    assert [one.name for one in world.store.stored["button"]] == ["Green button", "two"]


def test_what_is_shown_can_be_put_back_until_somebody_changes_it(world: World) -> None:
    world.put()
    shown = world.stage.shown("button").encode()
    assert world.stage.put("button", shown).version == 1
    world.put(name="two")

    with pytest.raises(OperationFailed, match="version_conflict"):
        world.stage.put("button", shown)


def test_an_experiment_is_started_and_stopped_for_good(world: World) -> None:
    world.put()
    started = world.stage.set_status("button", Status.RUNNING)
    stopped = world.stage.set_status("button", Status.STOPPED)

    assert (started.status, stopped.status) == (Status.RUNNING, Status.STOPPED)
    with pytest.raises(OperationFailed, match="status_change_not_allowed"):
        world.stage.set_status("button", Status.RUNNING)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"name": 1}'], ids=repr)
def test_a_file_that_is_not_a_definition_says_what_is_wrong(world: World, text: bytes) -> None:
    with pytest.raises(OperationFailed) as caught:
        world.stage.put("button", text)

    assert caught.value.reason
    assert world.store.current() == []


def test_users_are_assigned_with_a_reason_where_there_is_none(world: World) -> None:
    world.store.stored["button"] = [make_experiment(coverage=0, assigned={"usr_2": "treatment"})]

    assert [*world.stage.assigned("button", ["usr_1", "usr_2"])] == [
        ("usr_1", "none: outside coverage"),
        ("usr_2", "treatment"),
    ]


def test_an_unknown_experiment_is_called_so(world: World) -> None:
    with pytest.raises(OperationFailed, match="no experiment button"):
        world.stage.shown("button")


def test_the_list_has_a_row_an_experiment(world: World) -> None:
    world.put()
    world.store.stored["another"] = [make_experiment(experiment_id="another")]

    assert table_of(world.stage.all()).row_count == 2
