from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TooMuchRead
from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.model.facts import micros
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.model.latency import FLOOR_MS, RELATIVE_ERROR
from chalicelib.model.live import LiveCount
from chalicelib.model.rollup import ALL_TYPES
from chalicelib.query import found
from chalicelib.query.ports import LiveCountReader
from chalicelib.query.read_live_metrics import ReadLiveMetrics
from chalicelib.query.refused import Refused
from chalicelib.query.routes import LIVE_METRICS
from tests.builders import NOON, NOON_MS
from tests.unit.query.builders import NOW_MS, make_asked, pages_of, problems_of
from tests.unit.query.counting import Event, counted
from tests.unit.query.fakes import FakeLiveCountReader

PAGE_VIEW = {"page": "/"}
PERCENTILES = ((0.5, "p50_ms"), (0.9, "p90_ms"), (0.95, "p95_ms"), (0.99, "p99_ms"))


def answer(counters: LiveCountReader, **given: object) -> Any:
    asked = {name.rstrip("_"): value for name, value in given.items()}
    return ReadLiveMetrics(counters=counters)(make_asked(LIVE_METRICS, asked)).content


def at(minutes: float, event_type: str = "sign_up", **properties: object) -> Event:
    """An event so many minutes after noon."""
    timestamp = instant.to_text(NOON_MS + round(minutes * MINUTE_MS))
    return {"event_type": event_type, "timestamp": timestamp, "properties": properties}


some_events = st.builds(
    at,
    st.integers(-130, 9),
    st.sampled_from(["sign_up", "login", "error"]),
    latency_ms=st.none() | st.floats(0, 1e6),
    amount=st.none() | st.floats(-1e6, 1e6),
    currency=st.sampled_from([None, "EUR", "USD"]),
).map(lambda event: {**event, "properties": without_none(event["properties"])})


def without_none(properties: Any) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}


@given(st.lists(some_events, max_size=8), st.lists(some_events, max_size=8))
def test_a_minute_sums_what_all_shards_have_counted(one: list[Event], other: list[Event]) -> None:
    rows = answer(counted(one, other), from_="2026-11-20T09", to="2026-11-20T13")["rows"]

    events = [*one, *other]
    assert sum(row["records"] for row in rows if row["event_type"] != ALL_TYPES) == len(events)
    for row in rows:
        same = [event for event in events if belongs(event, row)]
        properties: list[Any] = [event["properties"] for event in same]
        latencies = sorted(p["latency_ms"] for p in properties if "latency_ms" in p)
        amounts = [p for p in properties if "amount" in p]
        assert row["records"] == len(same)
        assert row["errors"] == sum(event["event_type"] == "error" for event in same)
        assert (row["latency"] or {"count": 0})["count"] == len(latencies)
        assert sum(amount["total_micros"] for amount in row["amounts"].values()) == sum(
            micros(p["amount"]) for p in amounts
        )
        for q, name in PERCENTILES if latencies else ():
            true = interpolated(latencies, q)
            assert abs(row["latency"][name] - true) <= RELATIVE_ERROR * true * 1.000001 + FLOOR_MS


def belongs(event: Event, row: Any) -> bool:
    is_of_type = row["event_type"] in (ALL_TYPES, event["event_type"])
    return is_of_type and row["from"] <= str(event["timestamp"]) < row["to"]


def interpolated(values: list[float], q: float) -> float:
    rank = q * (len(values) - 1)
    low, high = values[int(rank)], values[min(int(rank) + 1, len(values) - 1)]
    return low + (rank - int(rank)) * (high - low)


@given(
    st.lists(some_events, max_size=12),
    st.sampled_from(["minute", "hour"]),
    st.integers(1, 5),
    st.sampled_from([None, "login", "login,_all", "_all"]),
)
def test_pages_put_together_are_the_whole(
    events: list[Event], by: str, limit: int, names: str | None
) -> None:
    read = ReadLiveMetrics(counters=counted(events))
    given = {"from": "2026-11-20T09", "to": "2026-11-20T13", "by": by, "event_type": names}

    pages = pages_of(read, LIVE_METRICS, {**given, "limit": limit})

    [whole] = pages_of(read, LIVE_METRICS, {**given, "limit": 5_000})
    assert [row for page in pages for row in page["rows"]] == whole["rows"]
    assert all(len(page["rows"]) == limit for page in pages[:-1])


@given(st.lists(some_events, max_size=12))
def test_hours_are_the_sums_of_their_minutes(events: list[Event]) -> None:
    counters = counted(events)
    given = {"from_": "2026-11-20T09", "to": "2026-11-20T13"}

    minutes, hours = (answer(counters, by=by, **given)["rows"] for by in ("minute", "hour"))

    for row in hours:
        inside = [
            minute["records"]
            for minute in minutes
            if minute["event_type"] == row["event_type"]
            and minute["from"][:13] == row["from"][:13]
        ]
        assert row["records"] == sum(inside)


def test_a_row_has_all_that_is_counted() -> None:
    events = [
        at(5, "error", latency_ms=100.0, amount=2.5, currency="EUR"),
        at(5.5, "error", latency_ms=100.0),
    ]

    first, second = answer(counted(events))["rows"]

    assert (first["event_type"], second["event_type"]) == (ALL_TYPES, "error")
    quantile = pytest.approx(100.0, rel=RELATIVE_ERROR)
    assert second == {
        "event_type": "error",
        "from": "2026-11-20T12:05:00.000Z",
        "to": "2026-11-20T12:06:00.000Z",
        "records": 2,
        "errors": 2,
        "error_rate": 1.0,
        "latency": {
            "count": 2,
            "mean_ms": 100.0,
            **dict.fromkeys(("p50_ms", "p90_ms", "p95_ms", "p99_ms"), quantile),
            "relative_error": RELATIVE_ERROR,
        },
        "amounts": {"EUR": {"count": 1, "total_micros": 2_500_000, "total": 2.5}},
    }


def test_the_sum_comes_first_and_then_the_busiest_type() -> None:
    events = [at(1, "b"), at(1, "c"), at(1, "c"), at(1, "a"), at(0, "z")]

    rows = answer(counted(events))["rows"]

    assert [(row["from"][14:16], row["event_type"]) for row in rows] == [
        ("00", "_all"),
        ("00", "z"),
        *(("01", name) for name in ("_all", "c", "a", "b")),
    ]


def test_the_sum_is_over_all_types_whichever_are_asked_for() -> None:
    rows = answer(counted([at(1, "a"), at(1, "b")]), event_type="a,_all")["rows"]

    assert [(row["event_type"], row["records"]) for row in rows] == [("_all", 2), ("a", 1)]


def test_the_last_60_minutes_are_read_unless_asked_otherwise() -> None:
    found = answer(counted())

    assert (found["from"], found["to"]) == ("2026-11-20T11:11:00.000Z", "2026-11-20T12:11:00.000Z")
    by_hour = answer(counted(), by="hour")
    assert (by_hour["from"], by_hour["to"]) == (
        "2026-11-19T13:00:00.000Z",
        "2026-11-20T13:00:00.000Z",
    )


def test_quarantined_records_are_of_no_type() -> None:
    broken = [{"user_id": 5}, at(1)]

    rows = answer(counted(broken), by="hour")["rows"]

    assert [row["event_type"] for row in rows] == [ALL_TYPES, "sign_up"]


def test_an_answer_is_kept_for_moments_only() -> None:
    read = ReadLiveMetrics(counters=counted())

    assert read(make_asked(LIVE_METRICS)).max_age_s == found.LIVE


def test_a_page_reads_hardly_more_than_it_shows() -> None:
    counters = counted([at(-60 * hour) for hour in range(20)])

    answer(counters, from_=NOON.plus(-24), limit=2)

    assert counters.n_read <= 10


class Bounded(FakeLiveCountReader):
    """One that has read too much when it comes to nine o'clock."""

    def minutes(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        if first_ms >= NOON.plus(-3).start_ms:
            raise TooMuchRead(1_000)
        return super().minutes(first_ms, end_ms, event_types)


@pytest.mark.parametrize(
    ("first", "end", "words"),
    [
        (NOON.plus(-11), NOON, "its first 8 hours would fit, or fewer event types"),
        (NOON.plus(-3), NOON, "ask for less time, or fewer event types"),
        (NOON.plus(-3), NOON.plus(-2), "ask for fewer event types"),
    ],
)
def test_a_range_that_holds_too_much_is_refused_with_what_would_fit(
    first: object, end: object, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        answer(Bounded(), from_=first, to=end)

    [problem] = refused.value.problems
    assert (problem.field, problem.code) == ("from", Code.RANGE_TOO_WIDE)
    assert problem.message == f"the range holds more than 1,000 counters; {words}"


def test_minutes_are_not_asked_for_longer_than_they_are_kept() -> None:
    asked = {"from": instant.to_text(NOW_MS - 4 * DAY_MS)}
    read = ReadLiveMetrics(counters=counted())

    assert problems_of(lambda: read(make_asked(LIVE_METRICS, asked))) == [
        ("from", Code.RANGE_TOO_WIDE)
    ]
    assert problems_of(lambda: read(make_asked(LIVE_METRICS, {**asked, "by": "hour"}))) == []


def test_a_late_event_is_counted_by_the_hour_alone() -> None:
    late = counted([at(0)], arrived_ms=NOON_MS + DAY_MS + HOUR_MS)
    given = {"from_": NOON, "to": NOON.plus(1)}

    assert answer(late, by="minute", **given)["rows"] == []
    assert answer(late, by="hour", **given)["rows"][0]["records"] == 1
