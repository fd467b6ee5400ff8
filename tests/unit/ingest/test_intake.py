from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.model.code import Code, Problem
from chalicelib.model.event import (
    MAX_PROBLEMS,
    MAX_PROPERTIES_BYTES,
    Event,
    Rejected,
    check_event,
    load,
)
from tests.builders import NOON_MS, make_client_event
from tests.unit.ingest.builders import HOUR_MS, NOON_TEXT, make_intake


def take(**changes: object) -> Outgoing:
    intake = make_intake()
    return intake.take(make_client_event(**changes), intake.arrival(NOON_MS))


def written(**changes: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(take(**changes).record.body)
    return content


def problems_of(**changes: object) -> tuple[Problem, ...]:
    with pytest.raises(Rejected) as caught:
        take(**changes)
    return caught.value.problems


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def test_what_goes_into_the_stream_is_what_process_takes() -> None:
    event = load(take(event_id="mine", timestamp=NOON_MS).record.body)

    assert check_event(event) == event


def test_fields_are_written_in_the_order_of_the_model() -> None:
    assert list(written()) == list(Event.__annotations__)


def test_an_absent_session_stays_absent() -> None:
    assert "session_id" not in written(session_id=...)


def test_absent_properties_become_an_empty_object() -> None:
    assert written(event_type="lamp_lit", properties=...)["properties"] == {}


def test_an_event_without_an_id_gets_one_that_holds_its_moment() -> None:
    event_id = written()["event_id"]

    assert int(event_id.replace("-", "")[:12], 16) == NOON_MS


def test_events_without_ids_get_different_ones() -> None:
    intake = make_intake()
    event = make_client_event()

    arrival, another = intake.arrival(NOON_MS), intake.arrival(NOON_MS + 1)

    ids = [intake.take(event, one).event_id for one in (arrival, arrival, another)]

    assert len(set(ids)) == 3


def test_a_given_id_is_kept() -> None:
    assert written(event_id="mine", timestamp=NOON_MS)["event_id"] == "mine"


def test_an_event_without_a_timestamp_happened_when_it_came_in() -> None:
    event = written()

    assert event["timestamp"] == event["ingested_at"] == NOON_TEXT


@pytest.mark.parametrize(
    "timestamp",
    [
        NOON_MS,
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.0009Z",
        "2026-11-20T13:30:00+01:30",
        "2026-11-20 12:00:00.000+00:00",
    ],
)
def test_a_timestamp_is_written_in_the_one_format(timestamp: object) -> None:
    assert written(timestamp=timestamp)["timestamp"] == "2026-11-20T12:00:00.000Z"


@pytest.mark.parametrize(
    "timestamp",
    ["2026-11-20T12:00:00", "2026-11-20", "noon", "", "2026-02-30T12:00:00Z", 10**30, "9" * 5000],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_instant_is_refused(timestamp: object) -> None:
    [problem] = problems_of(timestamp=timestamp)

    assert problem[:2] == ("timestamp", Code.TIMESTAMP_INVALID)
    assert len(problem.message) < 200


@pytest.mark.parametrize("timestamp", [None, True, 1.5, [], {}], ids=str)
def test_a_timestamp_is_text_or_a_whole_number(timestamp: object) -> None:
    assert problems_of(timestamp=timestamp)[0].code is Code.WRONG_TYPE


def test_an_id_without_a_timestamp_is_refused() -> None:
    [problem] = problems_of(event_id="mine")

    assert problem[:2] == ("timestamp", Code.TIMESTAMP_REQUIRED)


@pytest.mark.parametrize(
    ("offset_ms", "code"),
    [(HOUR_MS + 1, Code.TIMESTAMP_IN_FUTURE), (-720 * HOUR_MS - 1, Code.TIMESTAMP_TOO_OLD)],
)
def test_a_timestamp_beyond_its_bound_is_refused(offset_ms: int, code: Code) -> None:
    [problem] = problems_of(timestamp=NOON_MS + offset_ms)

    assert problem[:2] == ("timestamp", code)


@pytest.mark.parametrize("offset_ms", [HOUR_MS, -720 * HOUR_MS])
def test_a_timestamp_at_its_bound_is_taken(offset_ms: int) -> None:
    assert take(timestamp=NOON_MS + offset_ms)


def test_a_timestamp_in_seconds_is_recognised() -> None:
    [problem] = problems_of(timestamp=NOON_MS // 1000)

    assert problem.code is Code.TIMESTAMP_TOO_OLD
    assert "in seconds?" in problem.message


@pytest.mark.parametrize(
    ("timestamp", "hint"),
    [
        (NOON_MS * 1_000, "in microseconds?"),
        (NOON_MS * 1_000_000, "in nanoseconds?"),
        (str(NOON_MS), "without quotes"),
        (f"{NOON_MS // 1000}.5", "without quotes"),
    ],
    ids=["microseconds", "nanoseconds", "quoted milliseconds", "quoted seconds"],
)
def test_a_timestamp_in_another_unit_is_recognised(timestamp: object, hint: str) -> None:
    [problem] = problems_of(timestamp=timestamp)

    assert problem.code is Code.TIMESTAMP_INVALID
    assert hint in problem.message


@pytest.mark.parametrize("name", ["source", "user_id", "session_id"])
def test_a_name_that_was_damaged_on_its_way_is_refused(name: str) -> None:
    [problem] = problems_of(**{name: "J\ufffdrgen"})

    assert problem[:2] == (name, Code.INVALID_ENCODING)


def test_properties_may_hold_any_character() -> None:
    assert take(properties={"page": "J\ufffdrgen"})


def test_only_the_types_that_are_named_are_accepted() -> None:
    intake = replace(make_intake(), event_types=frozenset({"click"}))

    assert intake.take(make_client_event(event_type="click"), intake.arrival(NOON_MS))
    with pytest.raises(Rejected) as caught:
        intake.take(make_client_event(event_type="page_view"), intake.arrival(NOON_MS))
    [problem] = caught.value.problems
    assert problem[:2] == ("event_type", Code.EVENT_TYPE_NOT_ALLOWED)


def test_problems_of_shape_and_of_time_are_told_at_once() -> None:
    problems = problems_of(user_id=7, timestamp=0)

    assert [problem.field for problem in problems] == ["user_id", "timestamp"]


def test_the_problem_of_time_does_not_come_on_top_of_the_most_that_are_told() -> None:
    flood = {f"field_{number}": number for number in range(MAX_PROBLEMS)}

    assert len(problems_of(timestamp=0, **flood)) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("event_type", "stream"),
    [
        ("click", "clicks"),
        ("checkout", "checkouts"),
        ("page_view", "events"),
        ("purchase", "events"),
        ("lamp_lit", "events"),
    ],
)
def test_an_event_goes_to_the_stream_of_its_type(event_type: str, stream: str) -> None:
    properties = {"page": "/", "amount": 1, "currency": "EUR"}

    assert take(event_type=event_type, properties=properties).stream == stream


def test_an_event_is_keyed_by_its_user() -> None:
    assert take(user_id="usr_7").record.partition_key == "usr_7"


def test_properties_may_be_as_large_as_they_may() -> None:
    room = MAX_PROPERTIES_BYTES - len('{"page":"/","note":""}')

    assert take(properties={"page": "/", "note": "x" * room})
    [problem] = problems_of(properties={"page": "/", "note": "x" * (room + 1)})
    assert problem[:2] == ("properties", Code.PROPERTIES_TOO_LARGE)


def test_properties_are_nested_so_deep_and_no_deeper() -> None:
    assert take(properties={"page": "/", "a": nested(250)})
    [problem] = problems_of(properties={"page": "/", "a": nested(300)})
    assert problem[:2] == ("properties", Code.TOO_DEEP)
