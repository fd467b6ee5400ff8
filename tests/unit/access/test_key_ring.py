"""How long a list of keys is believed."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chalicelib.access import KeyRing
from chalicelib.access.digest import digest_of
from chalicelib.access.key_ring import PAUSE_S
from chalicelib.errors import StoreUnavailable
from chalicelib.model.scope import Scope
from tests.fakes import FakeKeys

FRESH_S, STALE_S = 30.0, 300.0


@dataclass
class World:
    """A ring that has been read, and a clock that stands still unless a test advances it."""

    keys: FakeKeys = field(default_factory=lambda: FakeKeys({"old": Scope.WRITE}))
    now_s: float = 1_000.0

    def __post_init__(self) -> None:
        self.ring = KeyRing(
            keys=self.keys, timer=lambda: self.now_s, fresh_s=FRESH_S, stale_s=STALE_S
        )
        self.ring.warm_up()

    def scope_of(self, key: str) -> Scope | None:
        return self.ring.scope_of(digest_of(key))

    def break_store(self) -> None:
        self.keys.faults.next_fate = lambda: "fails_before"

    def mend_store(self) -> None:
        self.keys.faults.next_fate = lambda: "works"


@pytest.fixture
def world() -> World:
    return World()


def test_a_key_in_use_has_its_scope_and_no_other_has_one(world: World) -> None:
    world.keys.scopes["new"] = Scope.READ
    world.now_s += FRESH_S

    assert world.scope_of("old") is Scope.WRITE
    assert world.scope_of("new") is Scope.READ
    assert world.scope_of("stranger") is None


def test_the_keys_are_read_once_for_many_requests(world: World) -> None:
    for _ in range(100):
        world.scope_of("old")

    assert world.keys.reads == 1


def test_a_retired_key_stops_once_the_list_is_no_longer_fresh(world: World) -> None:
    world.keys.scopes.clear()

    world.now_s += FRESH_S - 0.1
    assert world.scope_of("old") is Scope.WRITE

    world.now_s += 0.1
    assert world.scope_of("old") is None


def test_a_new_key_works_at_once(world: World) -> None:
    world.now_s += PAUSE_S
    world.keys.scopes["new"] = Scope.READ

    assert world.scope_of("new") is Scope.READ


def test_a_strangers_keys_cause_one_read_a_second_at_most(world: World) -> None:
    world.now_s += PAUSE_S
    for n in range(100):
        world.scope_of(f"guess-{n}")

    assert world.keys.reads == 2


def test_the_last_list_is_used_while_the_store_is_down(world: World) -> None:
    world.break_store()

    world.now_s += STALE_S - 0.1

    assert world.scope_of("old") is Scope.WRITE


def test_the_last_list_is_not_used_for_longer_than_is_set(world: World) -> None:
    world.break_store()

    world.now_s += STALE_S

    with pytest.raises(StoreUnavailable, match="fails_before"):
        world.scope_of("old")


def test_whether_a_key_is_unknown_cannot_be_said_while_the_store_is_down(world: World) -> None:
    world.break_store()
    world.now_s += FRESH_S

    with pytest.raises(StoreUnavailable):
        world.scope_of("perhaps-new")


def test_a_store_that_is_down_is_asked_once_a_second_at_most(world: World) -> None:
    world.break_store()
    world.now_s += FRESH_S
    for _ in range(100):
        world.scope_of("old")

    assert world.keys.reads == 2


def test_a_store_that_is_back_is_believed_at_once(world: World) -> None:
    world.break_store()
    world.now_s += STALE_S
    with pytest.raises(StoreUnavailable):
        world.scope_of("old")

    world.mend_store()
    world.now_s += PAUSE_S

    assert world.scope_of("old") is Scope.WRITE


def test_a_container_whose_start_could_not_read_the_keys_reads_them_with_a_request() -> None:
    world = World(FakeKeys({"old": Scope.WRITE}))
    world.ring = KeyRing(
        keys=world.keys, timer=lambda: world.now_s, fresh_s=FRESH_S, stale_s=STALE_S
    )
    world.break_store()
    world.ring.warm_up()
    world.mend_store()
    world.now_s += PAUSE_S

    assert world.scope_of("old") is Scope.WRITE


def test_keys_that_were_read_before_the_clock_was_set_back_are_read_again(world: World) -> None:
    world.keys.scopes.clear()
    world.now_s -= 3_600

    assert world.scope_of("old") is None
