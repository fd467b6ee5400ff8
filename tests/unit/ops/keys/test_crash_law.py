"""Wherever creating or retiring dies, no key works unlisted, and a repetition repairs all."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from chalicelib.errors import StoreUnavailable
from chalicelib.model.scope import Scope
from ops.keys.ensure_key import Ensured, EnsureKey
from ops.keys.retire_key import RetireKey
from tests.builders import NOON_MS
from tests.fakes import FATES, Fate, Faults, Killed, script_of
from tests.unit.ops.keys.fakes import FakeGateway, FakeKeyTable, is_listed

EFFECTS = 3
DEATHS = [
    [*itertools.repeat("works", before), fate]
    for before in range(EFFECTS)
    for fate in FATES
    if fate != "works"
]


class World:
    def __init__(self) -> None:
        self.faults = Faults()
        self.table, self.gateway = FakeKeyTable(self.faults), FakeGateway(self.faults)

    def create(self, name: str = "page", scope: Scope = Scope.WRITE) -> Ensured:
        return EnsureKey(
            table=self.table, gateway=self.gateway, plans=self.gateway, clock=lambda: NOON_MS
        )(name, scope)

    def retire(self, name: str = "page") -> None:
        RetireKey(table=self.table, gateway=self.gateway, clock=lambda: NOON_MS)(name)

    def dying(self, fates: list[Fate], work: Callable[[], object]) -> None:
        self.faults.next_fate = script_of(fates)
        with pytest.raises((Killed, StoreUnavailable)):
            work()
        self.faults.next_fate = lambda: "works"

    def works(self, value: str) -> bool:
        """Whether a request with the key passes API Gateway and the app."""
        return self.gateway.admits(value) and is_listed(self.table, value)

    @property
    def values(self) -> list[str]:
        return [key.value for key in self.gateway.all()]


@pytest.mark.parametrize("fates", DEATHS, ids=str)
def test_a_key_whose_creation_died_opens_nothing_unless_it_is_listed(fates: list[Fate]) -> None:
    world = World()

    world.dying(fates, world.create)

    assert [v for v in world.values if world.gateway.admits(v)] == [
        v for v in world.values if world.works(v)
    ]


@pytest.mark.parametrize("fates", DEATHS, ids=str)
def test_creating_again_finishes_what_died(fates: list[Fate]) -> None:
    world = World()
    world.dying(fates, world.create)

    created = world.create()

    assert world.values == [created.value]
    assert world.works(created.value)


@pytest.mark.parametrize("fates", DEATHS[: 2 * (len(FATES) - 1)], ids=str)
def test_a_key_whose_retirement_died_can_be_retired_again(fates: list[Fate]) -> None:
    world = World()
    value = world.create().value
    world.dying(fates, world.retire)

    world.retire()

    assert not world.works(value)
    assert world.values == []


@pytest.mark.parametrize("fate", ["dies_after", "fails_after"])
def test_a_key_stops_with_the_first_effect_of_its_retirement(fate: Fate) -> None:
    world = World()
    value = world.create().value

    world.dying([fate], world.retire)

    assert not world.works(value)


@pytest.mark.parametrize("fates", DEATHS, ids=str)
def test_retiring_what_was_never_finished_leaves_nothing_behind(fates: list[Fate]) -> None:
    world = World()
    world.dying(fates, world.create)
    began = bool(world.values)

    if began:
        world.retire()

    assert world.values == []
    assert not [key for key in world.table.all() if not key.is_retired]
