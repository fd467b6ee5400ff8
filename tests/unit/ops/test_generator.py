"""The generator: the same plan each time, in order, with its share of accidents."""

from __future__ import annotations

from collections import Counter

import pytest

from chalicelib.model import properties
from chalicelib.model.event import Rejected, check_client_event
from chalicelib.model.instant import HOUR_MS
from ops.generator import Kind, Planned, n_valid, plan
from tests.builders import NOON_MS

START_MS = NOON_MS - 30 * HOUR_MS


@pytest.fixture(scope="module")
def planned() -> list[Planned]:
    return plan(START_MS, NOON_MS, n_events=20_000, seed=1)


def test_a_plan_is_a_function_of_its_seed(planned: list[Planned]) -> None:
    assert plan(START_MS, NOON_MS, n_events=20_000, seed=1) == planned
    assert plan(START_MS, NOON_MS, n_events=20_000, seed=2) != planned


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
