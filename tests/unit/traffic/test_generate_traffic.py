"""What the schedule sends: one window, to the streams of its types, alike when repeated."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest

from chalicelib.delivery.deliver import Deliver
from chalicelib.errors import StoreUnavailable
from chalicelib.model import instant
from chalicelib.model.event import read
from chalicelib.traffic import GenerateTraffic
from chalicelib.traffic.shopping import WINDOW_MS, Shop
from tests.builders import NOON_MS
from tests.fakes import FakeStreams

SHOP = Shop(visits=10)
SCHEDULED_AT = "2026-11-20T12:05:03Z"


def generator(streams: FakeStreams) -> GenerateTraffic:
    deliver = Deliver(
        streams=streams,
        timer=partial(next, count()),
        sleep=lambda _: None,
        jitter=lambda: 0.0,
        budget_s=20,
        call_limit_s=1,
    )
    return GenerateTraffic(
        shop=SHOP,
        deliver=deliver,
        clock=lambda: NOON_MS + WINDOW_MS,
        default_stream="events",
        streams_by_type={"click": "clicks", "checkout": "checkouts"},
    )


def test_it_sends_the_window_that_has_ended_to_the_streams_of_its_types() -> None:
    streams = FakeStreams()

    generated = generator(streams)(SCHEDULED_AT)

    expected = SHOP.sent(NOON_MS, NOON_MS + WINDOW_MS)
    assert generated.clicks + generated.checkouts == len(expected) > 0
    clicks = [read(record.body) for record in streams.records["clicks"]]
    assert {event["event_type"] for event in clicks} == {"click"}
    assert len(clicks) == generated.clicks
    assert {event["ingested_at"] for event in clicks} == {instant.to_text(NOON_MS + WINDOW_MS)}


def test_an_invocation_that_is_repeated_sends_the_same_events() -> None:
    streams = FakeStreams()

    first, second = generator(streams)(SCHEDULED_AT), generator(streams)(SCHEDULED_AT)

    assert first == second
    ids = [read(record.body)["event_id"] for record in streams.records["clicks"]]
    assert ids[: len(ids) // 2] == ids[len(ids) // 2 :]


def test_events_that_are_not_stored_fail_the_invocation() -> None:
    streams = FakeStreams(refuses=lambda _record: True)

    with pytest.raises(StoreUnavailable, match="were not stored"):
        generator(streams)(SCHEDULED_AT)
