"""Athena's queries that follow users and days, over lake files, against what is known by hand."""

from __future__ import annotations

from datetime import date

import pytest

from ops import athena
from ops.athena import LocalLake
from tests.builders import make_raw_line
from tests.unit.athena.lake_folder import write_lake

QUERIES = athena.statements(athena.QUERIES)
DAY = ("2026", "11", "20")
NEW_YEAR = ("2026", "2027", "2026-12-30", "2027-01-02")


def line(event_type: str, time: str, user_id: str, **changes: object) -> bytes:
    """Make an event of 20 November, or of the day that stands before the time."""
    day, _, clock = time.rpartition("T")
    at = f"{day or '2026-11-20'}T{clock}.000Z"
    fields = {"event_id": f"{event_type}-{time}", "ingested_at": at, "latency_ms": None}
    return make_raw_line(event_type=event_type, timestamp=at, user_id=user_id, **fields | changes)


FUNNEL = [
    # u1 goes all the way; the first click comes too early, and the second counts.
    line("click", "09:00:00", "u1"),
    line("page_view", "09:10:00", "u1"),
    line("click", "09:20:00", "u1"),
    line("checkout", "10:00:00", "u1"),
    # u2 checks out before the click.
    line("page_view", "09:00:00", "u2"),
    line("checkout", "09:01:00", "u2"),
    line("click", "09:02:00", "u2"),
    # u3 and u4 only look, u4 clicking in the same instant.
    line("page_view", "09:00:00", "u3"),
    line("page_view", "09:00:00", "u4"),
    line("click", "09:00:00", "u4"),
    # u5 never looks, and u6 clicks on the next day.
    line("click", "09:00:00", "u5"),
    line("checkout", "09:01:00", "u5"),
    line("page_view", "23:59:00", "u6"),
    line("click", "2026-11-21T00:01:00", "u6"),
    line("checkout", "2026-11-21T00:02:00", "u6"),
]
LATE = [
    # In the same hour, if only just: not late.
    line("metric", "11:00:00", "u7", ingested_at="2026-11-20T11:59:59.999Z"),
    # A second over the hour, and a day later.
    line("metric", "11:59:59", "u7", ingested_at="2026-11-20T12:00:00.500Z"),
    line("metric", "11:30:00", "u7", ingested_at="2026-11-21T11:30:00.000Z"),
    line("error", "11:59:00", "u7", ingested_at="2026-11-20T12:01:00.000Z"),
    # A repeat that came later is no event of its own.
    line("metric", "11:59:59", "u7", ingested_at="2026-11-22T00:00:00.000Z"),
]
TURN_OF_THE_YEAR = [
    # u8: a session across midnight of 30 minutes less a second, and a new one after just 30.
    line("page_view", "2026-12-31T23:40:00", "u8"),
    line("page_view", "2027-01-01T00:09:59", "u8"),
    line("page_view", "2027-01-01T00:09:59", "u8", ingested_at="2027-01-01T00:20:00.000Z"),
    line("page_view", "2027-01-01T00:39:59", "u8"),
    # u9: of the same day, two sessions, whatever the session_id says.
    line("page_view", "2026-12-31T08:00:00", "u9", session_id="one"),
    line("page_view", "2026-12-31T08:00:30", "u9", session_id="two"),
    line("page_view", "2026-12-31T12:00:00", "u9", session_id="one"),
    # u10: before the range, on its first day and on its last, and after it.
    line("page_view", "2026-12-29T12:00:00", "u10"),
    line("page_view", "2026-12-30T12:00:00", "u10"),
    line("page_view", "2027-01-02T12:00:00", "u10"),
    line("page_view", "2027-01-03T12:00:00", "u10"),
]
PAID = {"currency": "EUR", "properties": {}}
PURCHASES = [
    line("purchase", "2026-06-29T12:00:00", "u1", amount=1000.0, **PAID),
    line("purchase", "2026-06-30T10:00:00", "u1", amount=10.5, **PAID),
    line("purchase", "2026-06-30T23:59:59", "u2", amount=20.0, **PAID),
    line("purchase", "2026-06-30T23:59:59", "u2", amount=20.0,
         ingested_at="2026-07-01T08:00:00.000Z", **PAID),
    line("purchase", "2026-06-30T12:00:00", "u3", amount=5.0, **PAID | {"currency": "USD"}),
    line("transaction", "2026-06-30T12:00:00", "u3", amount=7.0, **PAID),
    line("purchase", "2026-07-01T00:00:00", "u1", amount=8.0, **PAID),
    line("purchase", "2026-07-01T01:00:00", "u1", amount=-3.0, **PAID),
    line("purchase", "2026-07-02T12:00:00", "u1", amount=1000.0, **PAID),
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LocalLake:
    folder = tmp_path_factory.mktemp("lake")
    write_lake(folder, [*FUNNEL, *LATE, *TURN_OF_THE_YEAR, *PURCHASES])
    return LocalLake.open(folder)


def rows(lake: LocalLake, name: str, *arguments: str) -> list[tuple[object, ...]]:
    answer = lake.ask(QUERIES[name], *(arguments or DAY))
    assert answer.columns == QUERIES[name].columns
    return answer.rows


def test_the_funnel_wants_its_steps_in_order(lake: LocalLake) -> None:
    assert rows(lake, "funnel") == [
        (1, "page_view", 5, None),
        (2, "click", 2, 0.4),
        (3, "checkout", 1, 0.5),
    ]


def test_the_funnel_of_a_day_without_events_is_of_zeros(lake: LocalLake) -> None:
    assert rows(lake, "funnel", "2026", "11", "01") == [
        (1, "page_view", 0, None),
        (2, "click", 0, None),
        (3, "checkout", 0, None),
    ]


def test_a_user_counts_once_in_each_hour(lake: LocalLake) -> None:
    assert rows(lake, "unique_users_by_hour") == [
        ("09", 11, 5),
        ("10", 1, 1),
        ("11", 4, 1),
        ("23", 1, 1),
    ]


def test_an_event_is_late_when_its_hour_was_over(lake: LocalLake) -> None:
    assert rows(lake, "late_events") == [
        ("11", "metric", 2, pytest.approx((1.5 + 86_400) / 2), 86_400.0),
        ("11", "error", 1, 120.0, 120.0),
    ]


def test_a_session_ends_after_thirty_minutes_without_an_event(lake: LocalLake) -> None:
    assert rows(lake, "sessions", *NEW_YEAR) == [
        (date(2026, 12, 30), 1, 1, 1.0, 0.0),
        (date(2026, 12, 31), 3, 2, pytest.approx(5 / 3), pytest.approx((1_799 + 30) / 3)),
        (date(2027, 1, 1), 1, 1, 1.0, 0.0),
        (date(2027, 1, 2), 1, 1, 1.0, 0.0),
    ]


def test_a_session_is_cut_at_the_end_of_the_range(lake: LocalLake) -> None:
    assert rows(lake, "sessions", "2027", "2027", "2027-01-01", "2027-01-01") == [
        (date(2027, 1, 1), 2, 1, 1.0, 0.0),
    ]


def test_retention_follows_the_users_of_each_first_day(lake: LocalLake) -> None:
    assert rows(lake, "retention", *NEW_YEAR, "1") == [
        (date(2026, 12, 30), 1, 1, 0, 0.0),
        (date(2026, 12, 31), 1, 2, 1, 0.5),
    ]
    assert rows(lake, "retention", *NEW_YEAR, "3") == [(date(2026, 12, 30), 3, 1, 1, 1.0)]


def test_retention_says_nothing_of_days_whose_later_day_is_not_there_yet(lake: LocalLake) -> None:
    assert rows(lake, "retention", *NEW_YEAR, "4") == []


def test_revenue_is_of_purchases_by_day_and_currency(lake: LocalLake) -> None:
    assert rows(lake, "revenue_by_day", "2026", "2026", "2026-06-30", "2026-07-01") == [
        (date(2026, 6, 30), "EUR", 2, 30.5),
        (date(2026, 6, 30), "USD", 1, 5.0),
        (date(2026, 7, 1), "EUR", 2, 5.0),
    ]
