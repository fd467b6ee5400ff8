"""The generator: the same plan each time, in order, with its share of accidents."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from chalicelib.model import instant, properties
from chalicelib.model.event import Rejected, check_client_event
from chalicelib.model.instant import HOUR_MS
from ops.traffic.generator import TYPES, Kind, Planned, live, n_valid, plan
from tests.builders import NOON_MS

START_MS = NOON_MS - 30 * HOUR_MS


@pytest.fixture(scope="module")
def planned() -> list[Planned]:
    return plan(START_MS, NOON_MS, n_events=10_000, seed=1)


def test_a_plan_is_a_function_of_its_seed() -> None:
    first, again, other = (plan(START_MS, NOON_MS, n_events=1_000, seed=n) for n in (1, 1, 2))

    assert first == again
    assert first != other


def test_events_are_sent_in_order_of_time(planned: list[Planned]) -> None:
    moments = [one.send_ms for one in planned]

    assert moments == sorted(moments)


def test_every_known_type_and_a_free_one_is_sent(planned: list[Planned]) -> None:
    types = {one.event["event_type"] for one in planned if one.kind != "invalid"}

    assert types > set(properties.KNOWN)


@pytest.mark.parametrize("kind", ["invalid", "late", "repeat"])
def test_one_in_a_hundred_meets_each_accident(planned: list[Planned], kind: Kind) -> None:
    share = Counter(one.kind for one in planned)[kind] / len(planned)

    assert share == pytest.approx(0.01, abs=0.003)


def test_only_what_is_meant_to_be_is_invalid(planned: list[Planned]) -> None:
    for one in planned:
        if one.kind != "invalid":
            check_client_event(one.event)


def test_most_of_what_is_invalid_needs_no_clock_to_tell(planned: list[Planned]) -> None:
    invalid = [one.event for one in planned if one.kind == "invalid"]
    refused = 0
    for event in invalid:
        try:
            check_client_event(event)
        except Rejected:
            refused += 1

    assert refused > len(invalid) / 2


def test_a_late_event_is_sent_in_a_later_hour_than_it_happened(planned: list[Planned]) -> None:
    late = [
        one for one in planned if one.kind == "late" and isinstance(one.event["timestamp"], int)
    ]

    assert late
    assert all(one.send_ms - int(str(one.event["timestamp"])) > 0 for one in late)


def test_a_repeat_is_counted_once(planned: list[Planned]) -> None:
    kinds = Counter(one.kind for one in planned)

    assert n_valid(planned) == kinds["good"] + kinds["late"]


def first_live(n: int, **options: object) -> list[Planned]:
    return list(islice(live(NOON_MS, rate=100, **options), n))  # type: ignore[arg-type]


def test_a_live_stream_is_a_function_of_its_start_and_seed() -> None:
    assert first_live(1_000) == first_live(1_000)
    assert first_live(1_000) != first_live(1_000, seed=2)


def test_a_live_stream_is_steady_and_stamped_with_the_moment_it_is_due() -> None:
    events = first_live(1_000)

    assert [one.send_ms for one in events] == [NOON_MS + 10 * n for n in range(1, 1_001)]
    assert all(instant.parse(stamp_of(one)) == one.send_ms for one in events)


def stamp_of(planned: Planned) -> str | int:
    stamp = planned.event["timestamp"]
    assert isinstance(stamp, str | int)
    return stamp


def test_a_live_stream_has_every_type_of_a_plan_and_nothing_invalid(
    planned: list[Planned],
) -> None:
    events = first_live(10_000)
    for one in events:
        check_client_event(one.event)

    assert {one.event["event_type"] for one in events} == TYPES
    assert {one.event["event_type"] for one in planned if one.kind != "invalid"} == TYPES
    assert n_valid(events) == len(events)


def test_one_users_session_goes_on_in_order() -> None:
    steps: dict[str, list[int]] = {}
    for one in first_live(5_000):
        if "session_id" in one.event:
            session, _, step = str(one.event["event_id"]).rpartition("_")
            steps.setdefault(session, []).append(int(step))

    assert max(map(len, steps.values())) > 5
    assert all(each == list(range(1, len(each) + 1)) for each in steps.values())


@pytest.mark.parametrize("types", [{"page_view", "click"}, {"error"}, {"metric", "purchase"}])
def test_a_live_stream_holds_to_the_types_that_are_asked_for(types: set[str]) -> None:
    events = first_live(300, event_types=types)

    assert {one.event["event_type"] for one in events} == types


def test_two_live_streams_share_no_event() -> None:
    other = islice(live(NOON_MS + 1, rate=100), 1_000)

    ids = {one.event["event_id"] for one in first_live(1_000)}
    assert ids.isdisjoint(one.event["event_id"] for one in other)


def test_mistakes_are_made_when_asked_for() -> None:
    kinds = Counter(one.kind for one in first_live(20_000, with_mistakes=True))

    assert kinds["invalid"] == pytest.approx(200, abs=60)
    assert kinds["repeat"] == pytest.approx(200, abs=60)
