"""A month's load, and what can't be one."""

from __future__ import annotations

import pytest

from ops.cost.workload import SECONDS, Workload


def test_all_types_share_one_stream() -> None:
    [events] = Workload(events=1_000, types=10, shards=8).streams

    assert (events.events, events.types, events.shards) == (1_000, 10, 8)


def test_click_and_checkout_may_have_streams_of_their_own() -> None:
    events, clicks, checkouts = Workload(events=1_000, types=10, own_streams=True).streams

    assert (events.events, clicks.events, checkouts.events) == (800, 100, 100)
    assert (events.types, clicks.types, checkouts.types) == (8, 1, 1)


@pytest.mark.parametrize("types", [1, 2])
def test_few_types_share_the_events_stream(types: int) -> None:
    events, clicks, checkouts = Workload(events=1_000, types=types, own_streams=True).streams

    assert (events.events, events.types) == (1_000, types)
    assert clicks.events == checkouts.events == 0


def test_shards_follow_the_peak_in_records() -> None:
    load = Workload(events=5_000 * SECONDS, event_bytes=100, types=1, peak=2, own_streams=True)

    assert [stream.shards for stream in load.streams] == [10, 1, 1]


def test_shards_follow_the_peak_in_bytes() -> None:
    load = Workload(events=100 * SECONDS, event_bytes=20_000, types=1, peak=2, own_streams=True)

    assert [stream.shards for stream in load.streams] == [4, 1, 1]


def test_given_shards_are_those_of_all_streams() -> None:
    load = Workload(events=1_000, shards=8, own_streams=True)

    assert [stream.shards for stream in load.streams] == [6, 1, 1]


def test_on_demand_streams_start_with_four_shards() -> None:
    load = Workload(events=1_000, on_demand=True, own_streams=True)

    assert [stream.shards for stream in load.streams] == [4, 4, 4]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"shards": 2, "own_streams": True}, "too few"),
        ({"shards": 3, "on_demand": True}, "no fixed number of shards"),
        ({"event_bytes": 10_000, "events_per_request": 500}, "a request has at most"),
    ],
    ids=["shards", "on demand", "request"],
)
def test_what_cannot_be_is_refused_with_the_reason(
    changes: dict[str, int], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Workload(events=1_000, **changes)  # type: ignore[arg-type]  # one of them is a flag
