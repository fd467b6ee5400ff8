"""Creating and retiring keys, and what a key is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.model.scope import Scope
from ops.keys.key import DEFAULT, PREFIXES, GatewayKey, check_name, gateway_name, new_value
from ops.keys.local_keys import LOCAL_KEYS, refuse_local
from ops.keys.stage_keys import StageKeys
from ops.kit.errors import OperationFailed
from ops.stage.names import Names
from tests.builders import NOON_MS
from tests.unit.ops.keys.test_crash_law import World

OLD_VALUE = "a-value-that-API-Gateway-made-up-itself"


@pytest.mark.parametrize(("scope", "prefix"), PREFIXES.items())
def test_a_key_says_what_it_is_for_and_has_160_random_bits(scope: Scope, prefix: str) -> None:
    value = new_value(scope)

    assert re.fullmatch(prefix + "[a-z2-7]{32}", value)
    assert new_value(scope) != value


@pytest.mark.parametrize("name", ["", "Page", "a.b", "a b", "-a", "a-", "x" * 41, "a/b", "ä"])
def test_what_is_not_a_name_is_refused(name: str) -> None:
    with pytest.raises(OperationFailed, match="not a valid name"):
        check_name(name)


@pytest.mark.parametrize("name", ["a", "page-2026", "x" * 40])
def test_a_name_is_short_and_simple(name: str) -> None:
    check_name(name)


def test_no_two_stages_have_keys_that_are_called_alike() -> None:
    stages = [Names(stage, "", "") for stage in ("dev", "dev-eu", "dev-eu-page")]
    names = ["default", "page", "eu-page", "eu"]

    called = [gateway_name(stage, name) for stage in stages for name in names]

    assert len(called) == len(set(called))


def test_a_key_works_once_it_is_created() -> None:
    world = World()

    created = world.create(scope=Scope.READ)

    assert created.is_new
    assert created.value.startswith("esr_")
    assert world.works(created.value)
    assert world.gateway.plans.keys() == {Scope.READ}


def test_the_table_never_has_a_keys_value() -> None:
    world = World()

    value = world.create().value

    assert value not in repr(world.table.keys)


def test_a_key_that_works_is_not_new() -> None:
    world = World()
    value = world.create().value

    again = world.create()

    assert (again.value, again.is_new) == (value, False)


def test_several_keys_of_a_scope_work_at_a_time() -> None:
    world = World()

    old, new = world.create("old").value, world.create("new").value

    assert world.works(old)
    assert world.works(new)

    world.retire("old")

    assert not world.works(old)
    assert world.works(new)


def test_a_name_is_not_used_again_once_its_key_is_retired() -> None:
    world = World()
    world.create()
    world.retire()

    with pytest.raises(OperationFailed, match=r"was retired at 2026-11-20T12:00:00\.000Z"):
        world.create()


def test_a_name_belongs_to_one_scope() -> None:
    world = World()
    world.create(scope=Scope.READ)

    with pytest.raises(OperationFailed, match="already"):
        world.create(scope=Scope.ADMIN)


def test_a_key_that_api_gateway_lost_is_said_to_be_lost() -> None:
    world = World()
    world.create()
    world.gateway.keys.clear()

    with pytest.raises(OperationFailed, match="no longer has it") as failed:
        world.create()

    assert "key retire page" in failed.value.advice


def test_an_unlisted_key_of_another_scope_is_not_taken_over() -> None:
    world = World()
    world.gateway.create("page", new_value(Scope.ADMIN))

    with pytest.raises(OperationFailed, match="not listed and has another scope"):
        world.create(scope=Scope.WRITE)


def test_of_two_who_create_one_name_the_slower_is_refused_and_leaves_nothing() -> None:
    world = World()
    create = world.gateway.create

    def create_while_another_is_faster(name: str, value: str) -> GatewayKey:
        world.gateway.create = create  # type: ignore[method-assign]  # the race, once
        world.create()
        return create(name, value)

    world.gateway.create = create_while_another_is_faster  # type: ignore[method-assign]  # above

    with pytest.raises(OperationFailed, match="already"):
        world.create()

    assert len(world.values) == 1
    assert world.works(world.values[0])


def test_a_key_that_is_not_there_cannot_be_retired() -> None:
    with pytest.raises(OperationFailed, match="There is no key page"):
        World().retire()


def test_retiring_a_key_twice_keeps_the_first_moment() -> None:
    world = World()
    world.create()
    world.retire()
    before = world.table.find("page")

    world.retire()

    assert world.table.find("page") == before


@pytest.mark.parametrize("name", [DEFAULT, *LOCAL_KEYS])
def test_the_local_cloud_keeps_its_own_keys(name: str) -> None:
    with pytest.raises(OperationFailed, match="needs its key"):
        refuse_local("local", name)

    refuse_local("dev", name)
    refuse_local("local", "page")


def stage_keys(world: World) -> StageKeys:
    return StageKeys(table=world.table, gateway=world.gateway, clock=lambda: NOON_MS)


def test_the_key_that_a_stage_had_before_goes_on_as_a_write_key() -> None:
    world = World()
    world.gateway.create(DEFAULT, OLD_VALUE)

    stage_keys(world).register_default()
    stage_keys(world).join_all(world.gateway)

    assert world.works(OLD_VALUE)
    assert world.gateway.plans.keys() == {Scope.WRITE}
    assert world.values == [OLD_VALUE]


def test_a_new_stage_gets_a_default_key_that_writes() -> None:
    world = World()

    key = stage_keys(world).register_default()
    changed = stage_keys(world).join_all(world.gateway)

    assert key
    assert key.value.startswith("esw_")
    assert changed
    assert world.works(key.value)


def test_registering_again_changes_nothing() -> None:
    world = World()
    first = stage_keys(world).register_default()
    stage_keys(world).join_all(world.gateway)
    before = world.table.all()

    assert stage_keys(world).register_default() == first
    assert not stage_keys(world).join_all(world.gateway)
    assert world.table.all() == before


def test_a_default_key_that_is_retired_stays_so() -> None:
    world = World()
    stage_keys(world).register_default()
    world.retire(DEFAULT)

    assert stage_keys(world).register_default() is None
    assert world.values == []


def test_a_default_key_that_api_gateway_lost_is_made_again() -> None:
    world = World()
    stage_keys(world).register_default()
    world.gateway.keys.clear()

    key = stage_keys(world).register_default()
    stage_keys(world).join_all(world.gateway)

    assert key
    assert world.works(key.value)


def test_wiring_puts_every_key_in_use_on_the_plan_of_a_new_api() -> None:
    world = World()
    read, gone = world.create("board", Scope.READ).value, world.create("gone").value
    world.retire("gone")
    world.gateway.plans.clear()

    assert stage_keys(world).join_all(world.gateway)

    assert world.works(read)
    assert not world.works(gone)


def test_destroying_ends_every_key_and_the_next_stage_has_a_default_again() -> None:
    world = World()
    old = stage_keys(world).register_default()
    page = world.create().value

    stage_keys(world).retire_all()
    assert stage_keys(world).delete_all()

    assert not world.works(page)
    new = stage_keys(world).register_default()
    assert new
    assert old
    assert new.value != old.value
    assert world.table.find("page") == replace(
        world.table.keys["page"], retired_at="2026-11-20T12:00:00.000Z"
    )
