from __future__ import annotations

from typing import Any

from chalicelib.model.rollup import ALL_TYPES, HourlyRollup
from chalicelib.query.list_event_types import ListEventTypes
from chalicelib.query.routes import EVENT_TYPE_LIST
from tests.builders import NOON, make_rollup
from tests.unit.query.builders import make_asked
from tests.unit.query.fakes import FakeRollups


def answer(*rows: HourlyRollup, **given: object) -> Any:
    rollups = FakeRollups()
    rollups.store(rows)
    return ListEventTypes(rollups)(make_asked(EVENT_TYPE_LIST, given)).content


def test_types_come_with_their_share_the_busiest_first() -> None:
    found = answer(
        make_rollup(ALL_TYPES, 4, NOON.plus(-2)),
        make_rollup("click", 3, NOON.plus(-2), errors=1),
        make_rollup("view", 1, NOON.plus(-2)),
        make_rollup("click", 3, NOON.plus(-1)),
        make_rollup("sign_up", 1, NOON.plus(-1)),
    )

    assert found["event_types"] == [
        {
            "event_type": "click",
            "events": 6,
            "errors": 1,
            "share": 0.75,
            "newest_hour": "2026-11-20T11:00:00.000Z",
        },
        {
            "event_type": "sign_up",
            "events": 1,
            "errors": 0,
            "share": 0.125,
            "newest_hour": "2026-11-20T11:00:00.000Z",
        },
        {
            "event_type": "view",
            "events": 1,
            "errors": 0,
            "share": 0.125,
            "newest_hour": "2026-11-20T10:00:00.000Z",
        },
    ]


def test_only_the_busiest_are_listed_where_there_are_many() -> None:
    found = answer(*(make_rollup(f"type_{n}", n) for n in range(1, 6)), limit=2)

    assert [row["event_type"] for row in found["event_types"]] == ["type_5", "type_4"]
    assert found["total"] == 5


def test_a_week_is_read_unless_asked_otherwise() -> None:
    week = 7 * 24
    found = answer(
        make_rollup("old", hour=NOON.plus(-week)), make_rollup(hour=NOON.plus(1 - week))
    )

    assert [row["event_type"] for row in found["event_types"]] == ["click"]
    assert (found["from"], found["to"]) == ("2026-11-13T13:00:00.000Z", "2026-11-20T13:00:00.000Z")


def test_nothing_is_no_type() -> None:
    assert answer()["event_types"] == []
    assert answer(make_rollup(count=0))["event_types"] == []
