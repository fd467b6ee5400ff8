"""Athena's queries over lake files that transform wrote, against what is known by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from ops import athena
from ops.athena import LocalLake
from ops.kit.errors import OperationFailed
from tests.builders import make_raw_line
from tests.unit.athena.lake_folder import write_lake

QUERIES = athena.statements(athena.QUERIES)
DAY = ("2026", "11", "20")


def line(event_type: str, time: str, event_id: str, **changes: object) -> bytes:
    at = f"2026-11-{time}:00.000Z"
    return make_raw_line(
        event_type=event_type, timestamp=at, event_id=event_id, **{"ingested_at": at} | changes
    )


def sequence(number: int, shard: int = 0) -> dict[str, str]:
    return {
        "sequence_number": str(number).zfill(56),
        "shard_id": f"shardId-{shard:012d}",
    }


LINES = [
    line("page_view", "20T12:01", "v1", latency_ms=100.0, properties={"page": "/a"}),
    line("page_view", "20T12:02", "v2", latency_ms=300.0, properties={"page": "/a"}),
    line("page_view", "20T13:00", "v3", user_id="u2", latency_ms=200.0, properties={"page": "/b"}),
    # A repeat of v1, ingested later: it has another page, so that it would be noticed.
    line("page_view", "20T12:01", "v1", ingested_at="2026-11-20T12:09:00.000Z",
         latency_ms=900.0, properties={"page": "/repeat"}),
    # The same event_id of another user is another event.
    line("page_view", "20T12:03", "v1", user_id="u2", source="ios", latency_ms=None,
         properties={"page": "/a"}),
    line("error", "20T12:04", "e1", latency_ms=None, is_error=True, properties={"message": "x"}),
    line("purchase", "20T13:05", "p1", latency_ms=None, amount=1500.0, currency="EUR"),
    line("purchase", "20T13:06", "p2", latency_ms=None, amount=8.0, currency="EUR"),
    line("purchase", "20T13:07", "p3", latency_ms=None, amount=50.5, currency="USD"),
    # Three records of one event, ingested at one instant.
    line("metric", "20T14:00", "m1", latency_ms=None, value=3.0, kinesis=sequence(9, 1)),
    line("metric", "20T14:00", "m1", latency_ms=None, value=2.0, kinesis=sequence(11)),
    line("metric", "20T14:00", "m1", latency_ms=None, value=1.0, kinesis=sequence(9)),
    # Of other days.
    line("page_view", "19T23:59", "y1", latency_ms=7.0, properties={"page": "/a"}),
    line("page_view", "21T00:00", "t1", latency_ms=7.0, properties={"page": "/a"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LocalLake:
    folder = tmp_path_factory.mktemp("lake")
    assert write_lake(folder, LINES) == 7
    return LocalLake.open(folder)


def rows(lake: LocalLake, name: str, *arguments: str) -> list[tuple[object, ...]]:
    answer = lake.ask(QUERIES[name], *(arguments or DAY))
    assert answer.columns == QUERIES[name].columns
    return answer.rows


def test_events_by_type_counts_records(lake: LocalLake) -> None:
    assert rows(lake, "events_by_type") == [
        ("page_view", 5, 375.0),
        ("metric", 3, None),
        ("purchase", 3, None),
        ("error", 1, None),
    ]


def test_a_literal_date_asks_the_same(lake: LocalLake) -> None:
    answer = lake.ask_sql("""
        SELECT event_type, COUNT(*) as count, AVG(latency_ms) as avg_latency
        FROM eventstream.events
        WHERE year = '2026' AND month = '11' AND day = '20'
        GROUP BY event_type
        ORDER BY count DESC
    """)

    assert sorted(answer.rows) == sorted(rows(lake, "events_by_type"))


def test_top_events_counts_each_event_once(lake: LocalLake) -> None:
    assert rows(lake, "top_events") == [
        ("page_view", "web", 3, 2, 0.3333),
        ("purchase", "web", 3, 1, 0.3333),
        ("error", "web", 1, 1, 0.1111),
        ("metric", "web", 1, 1, 0.1111),
        ("page_view", "ios", 1, 1, 0.1111),
    ]


def test_top_pages_looks_into_the_properties(lake: LocalLake) -> None:
    assert rows(lake, "top_pages") == [("/a", 3, 2), ("/b", 1, 1)]


def test_error_rates_are_of_the_hour_and_type(lake: LocalLake) -> None:
    assert rows(lake, "error_rates") == [("12", "error", 1, 1, 1.0)]


def test_latency_percentiles_pass_over_what_has_none(lake: LocalLake) -> None:
    assert [row[:2] for row in rows(lake, "latency_percentiles")] == [("12", 2), ("13", 1)]
    assert rows(lake, "latency_percentiles")[1] == ("13", 1, 200.0, 200.0, 200.0)


def test_revenue_is_by_currency_and_class(lake: LocalLake) -> None:
    assert rows(lake, "revenue") == [
        ("EUR", "large", 1, 1500.0, 1),
        ("EUR", "micro", 1, 8.0, 0),
        ("USD", "small", 1, 50.5, 0),
    ]


def test_repeats_are_records_less_events(lake: LocalLake) -> None:
    assert rows(lake, "repeats") == [("web", 11, 8, 3), ("ios", 1, 1, 0)]


def test_a_journey_is_in_order_of_time(lake: LocalLake) -> None:
    assert rows(lake, "journey", *DAY, "u2") == [
        (datetime(2026, 11, 20, 12, 3), "page_view", "ses_1", '{"page":"/a"}'),  # noqa: DTZ001
        (datetime(2026, 11, 20, 13, 0), "page_view", "ses_1", '{"page":"/b"}'),  # noqa: DTZ001
    ]


def test_of_an_events_records_the_earliest_is_kept(lake: LocalLake) -> None:
    answer = lake.ask_sql(
        "SELECT user_id, event_id, latency_ms, value FROM eventstream.events_unique "
        "WHERE event_id IN ('v1', 'm1') ORDER BY event_id, user_id"
    )

    assert answer.rows == [
        ("usr_1", "m1", None, 1.0),
        ("u2", "v1", None, None),
        ("usr_1", "v1", 100.0, None),
    ]


def test_unique_events_are_records_less_repeats(lake: LocalLake) -> None:
    [(records, events)] = lake.ask_sql(
        "SELECT (SELECT COUNT(*) FROM eventstream.events), COUNT(*) FROM eventstream.events_unique"
    ).rows

    assert (records, events) == (len(LINES), len(LINES) - 3)


def test_types_are_those_of_athena(lake: LocalLake) -> None:
    [row] = lake.ask_sql(
        "SELECT transaction_date, amount_category, is_high_value, hour "
        "FROM eventstream.events WHERE event_id = 'p1'"
    ).rows

    assert row == (date(2026, 11, 20), "large", True, "13")


def test_integers_divide_as_they_do_in_athena(lake: LocalLake) -> None:
    assert lake.ask_sql("SELECT 7 / 2").rows == [(3,)]


def test_an_empty_lake_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="no files yet"):
        LocalLake.open(tmp_path)
