"""However a shard's delivery is cut, repeated, failed and killed, the outcome is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.model import instant
from chalicelib.model.ledger import LAST_SEQUENCE
from tests.builders import NOON_MS, make_event, make_record
from tests.fakes import FATES, Fate, Faults, script_of
from tests.unit.process import schedules
from tests.unit.process.world import (
    FOREVER_MS,
    POISON,
    RESERVE_MS,
    SHARD_NAME,
    Body,
    Version,
    World,
    archived,
    archived_by_variant,
    archived_users,
    counted,
    counted_by_variant,
    expected_counts,
    expected_lines,
    expected_poison,
    ledgered,
    quarantined,
    refused,
    sequence,
    sketched_users,
)

pytestmark = pytest.mark.slow


events = st.builds(
    lambda event_type, minutes, latency, amount, user: make_event(
        event_type=event_type,
        user_id=user,
        timestamp=instant.to_text(NOON_MS - minutes * 60_000),
        properties={"latency_ms": latency, "amount": amount, "currency": "EUR"},
    ),
    st.sampled_from(["sign_up", "error", "transaction"]),
    st.sampled_from([0, 1, 59, 61, 2_000]),
    st.floats(0, 10_000),
    st.floats(-1_000, 1_000),
    st.sampled_from(["u1", "u2"]),
)
poison = st.sampled_from(sorted(POISON))
shards = st.lists(st.one_of(events, events, events, poison), min_size=1, max_size=14)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shards, st.data())
def test_no_fault_cut_or_repeat_changes_the_outcome(
    bodies: list[Body], data: st.DataObject
) -> None:
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World(enrich=schedules.enriching(Random(data.draw(st.integers(0, 9), label="marks"))))
    _disturb(world, records, data)

    assert world.deliver(records) == len(records)

    assert archived(world) == expected_lines(bodies)
    assert quarantined(world) == expected_poison(bodies)
    assert counted(world) == expected_counts(bodies)
    assert counted_by_variant(world) == archived_by_variant(world)
    assert sketched_users(world) == archived_users(world)
    assert ledgered(world) == (len(bodies), sum(isinstance(body, dict) for body in bodies))


def _one_fault(n_works: int, fate: Fate) -> list[Fate]:
    works: list[Fate] = ["works"] * n_works
    return [*works, fate]


def _disturb(world: World, records: list[dict[str, object]], data: st.DataObject) -> None:
    """Deliver in any cut, with any fates, as Lambda may: it never goes on past a failure."""
    # One fault a delivery, anywhere in it: what an attempt leaves behind is what tells.
    fates: st.SearchStrategy[list[Fate]] = st.builds(
        _one_fault,
        st.integers(0, 9),
        st.sampled_from(FATES),
    )
    position = 0
    for _ in range(data.draw(st.integers(0, 6), label="deliveries")):
        script: list[Fate] = data.draw(fates, label="fates")
        world.faults.next_fate = script_of(script)
        start = data.draw(st.integers(0, position), label="start")
        end = data.draw(st.integers(start, len(records)), label="end")
        remaining = data.draw(st.sampled_from([FOREVER_MS, RESERVE_MS - 1]), label="remaining")
        listens = data.draw(st.booleans(), label="listens")
        done = world.deliver(records[start:end], remaining, listens=listens)
        position = max(position, start + done)
    world.faults.next_fate = lambda: "works"


FACTS = {"latency_ms": 1.0, "amount": 2.0, "currency": "EUR"}
ANY, REFUSES_U2 = Version(), schedules.refusing(user_id="u2")


def make_bodies(*changes: Mapping[str, object]) -> list[Body]:
    event = {"event_type": "sign_up", "properties": FACTS}
    return [make_event(**{**event, **change}) for change in changes]


def die_before_the_commit(world: World, records: list[dict[str, object]]) -> None:
    """Claim the shard and write the first chunk's objects, and no more."""
    world.ledger.faults = Faults(script_of(["works", "dies_before"]))
    world.deliver(records)
    world.ledger.faults = Faults()


def test_what_a_dead_attempt_left_is_overwritten_by_shorter_ones() -> None:
    kinds = ["sign_up", "sign_up", "error", "error"]
    bodies = make_bodies(*({"event_type": kind} for kind in kinds))
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World()
    die_before_the_commit(world, records)

    world.deliver(records[:2])
    world.deliver(records[2:])

    assert archived(world) == expected_lines(bodies)


def test_no_schedule_of_overlapping_attempts_and_new_versions_changes_the_outcome() -> None:
    assert schedules.broken(range(250)) == {}


@pytest.mark.parametrize(
    ("first", "then", "codes"),
    [(ANY, REFUSES_U2, {sequence(0): "not_allowed"}), (REFUSES_U2, ANY, {})],
    ids=["stricter", "laxer"],
)
def test_what_a_dead_attempt_left_under_other_rules_is_emptied(
    first: Version, then: Version, codes: dict[str, str]
) -> None:
    bodies = make_bodies({"user_id": "u2"}, {}, {})
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World(version=first)
    die_before_the_commit(world, records)

    world.version = then
    world.deliver(records)

    assert refused(world) == codes
    assert archived(world) == expected_lines(bodies) - expected_lines(bodies[: len(codes)])


def test_what_was_committed_is_left_alone_when_a_restore_has_set_the_checkpoint_back() -> None:
    bodies = make_bodies({}, {}, {})
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World()
    world.deliver(records[:1])
    restored = replace(world.ledger.positions[SHARD_NAME], reached=LAST_SEQUENCE)
    world.deliver(records[:2])

    world.ledger.positions[SHARD_NAME] = restored
    world.deliver(records[2:])

    assert archived(world) == expected_lines(bodies)


@pytest.mark.parametrize("version", [ANY, REFUSES_U2])
def test_of_leftovers_only_those_that_are_not_overwritten_are_emptied(version: Version) -> None:
    bodies = make_bodies({}, {"user_id": "u2"}, {"event_type": "error"})
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World(version=version)
    die_before_the_commit(world, records)
    written = Counter(world.archive.writes)

    world.deliver(records)

    assert world.archive.writes == written + Counter(dict.fromkeys(written, 1))
