"""The shop's traffic: a function of seed and time, with its share of accidents."""

from __future__ import annotations

from collections import Counter

import pytest

from chalicelib.model.event import check_client_event
from chalicelib.model.instant import HOUR_MS
from chalicelib.traffic.shopping import (
    SHARE_ALTERED,
    SHARE_LATE,
    SHARE_REPEATED,
    SOONEST_REPEAT_MS,
    WINDOW_MS,
    Sent,
    Shop,
)
from tests.builders import NOON_MS

SHOP = Shop(visits=40)
END_MS = NOON_MS + 6 * HOUR_MS


@pytest.fixture(scope="module")
def sent() -> list[Sent]:
    return SHOP.sent(NOON_MS, END_MS)


def ids(sent: list[Sent]) -> Counter[tuple[object, object]]:
    return Counter((one.event["user_id"], one.event["event_id"]) for one in sent)


def test_a_span_has_the_same_events_however_it_is_cut(sent: list[Sent]) -> None:
    end_ms = NOON_MS + 3 * WINDOW_MS
    windows = range(NOON_MS, end_ms, WINDOW_MS)

    cut = [one for at in windows for one in SHOP.sent(at, at + WINDOW_MS)]

    assert cut == [one for one in sent if one.send_ms < end_ms]


def test_another_seed_sends_other_events(sent: list[Sent]) -> None:
    other = Shop(visits=40, seed=2).sent(NOON_MS, NOON_MS + WINDOW_MS)

    assert ids(other).keys().isdisjoint(ids(sent)) or other != sent[: len(other)]


def test_only_valid_clicks_and_checkouts_are_sent(sent: list[Sent]) -> None:
    for one in sent:
        check_client_event(one.event)
    assert {one.event["event_type"] for one in sent} == {"click", "checkout"}


def test_most_carts_are_abandoned(sent: list[Sent]) -> None:
    sessions = {str(one.event["session_id"]) for one in sent}
    bought = {
        str(one.event["session_id"]) for one in sent if one.event["event_type"] == "checkout"
    }

    assert 0.15 < len(bought) / len(sessions) < 0.5


def test_one_in_twenty_is_late(sent: list[Sent]) -> None:
    first: dict[tuple[object, object], Sent] = {}
    for one in sent:
        first.setdefault((one.event["user_id"], one.event["event_id"]), one)
    late = [
        one
        for one in first.values()
        if one.send_ms - int(str(one.event["timestamp"])) >= WINDOW_MS
    ]

    assert len(late) / len(first) == pytest.approx(SHARE_LATE, abs=0.03)


def test_one_in_twenty_is_repeated_and_a_third_of_these_is_altered(sent: list[Sent]) -> None:
    versions: dict[tuple[object, object], list[Sent]] = {}
    for one in sent:
        versions.setdefault((one.event["user_id"], one.event["event_id"]), []).append(one)
    repeated = [same for same in versions.values() if len(same) > 1]
    altered = [same for same in repeated if same[0].event != same[1].event]

    assert len(repeated) / len(versions) == pytest.approx(SHARE_REPEATED, abs=0.02)
    assert len(altered) / len(repeated) == pytest.approx(SHARE_ALTERED, abs=0.15)
    for first, second in repeated:
        assert second.send_ms - first.send_ms >= SOONEST_REPEAT_MS
