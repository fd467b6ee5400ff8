from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.model.distinct import STANDARD_ERROR, HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.latency import RELATIVE_ERROR
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, AmountSummary, HourlyRollup, Reconciliation
from chalicelib.query import found
from chalicelib.query.gather import By, gather
from chalicelib.query.metrics_row import row_of
from chalicelib.query.read_metrics import REACH, ReadMetrics
from chalicelib.query.refused import Refused
from chalicelib.query.routes import METRICS
from tests.builders import NOON, make_latency, make_rollup
from tests.unit.query.builders import NOW_MS, Given, make_asked, pages_of, problems_of
from tests.unit.query.fakes import FakeRollups

FIRST = NOON.plus(-30)
TYPES = ("click", "page_view", "error")


def make_reader(rollups: FakeRollups, max_items: int = 100_000) -> ReadMetrics:
    return ReadMetrics(rollups=rollups, hours=rollups, max_items=max_items)


def answer(rollups: FakeRollups, **given: object) -> Any:
    asked = {name.rstrip("_"): value for name, value in given.items()}
    return make_reader(rollups)(make_asked(METRICS, asked)).content


def stored(*rows: HourlyRollup) -> FakeRollups:
    rollups = FakeRollups()
    rollups.store(rows)
    return rollups


@st.composite
def hours_of_types(draw: st.DrawFn) -> list[HourlyRollup]:
    """Some hours of a day and a half, each with the sum and some types."""
    rows = []
    for number in draw(st.sets(st.integers(0, 35), max_size=8)):
        counts = draw(st.dictionaries(st.sampled_from(TYPES), st.integers(1, 3)))
        for name, count in {ALL_TYPES: sum(counts.values()), **counts}.items():
            users = HyperLogLog.of([number << 54, 1])
            row = make_rollup(name, count, FIRST.plus(number), unique_users=2, user_sketch=users)
            rows.append(row)
    return rows


bys: st.SearchStrategy[By] = st.sampled_from(["hour", "day", "range"])


@given(
    hours_of_types(),
    bys,
    st.integers(1, 6),
    st.sets(st.sampled_from([*TYPES, ALL_TYPES, "unknown"])),
    st.integers(0, 30),
    st.booleans(),
)
def test_pages_put_together_are_what_ops_report_shows(
    rows: list[HourlyRollup], by: By, limit: int, names: set[str], length: int, has_summaries: bool
) -> None:
    rollups = stored(*rows)
    rollups.has_summaries = has_summaries
    period = Period(FIRST, FIRST.plus(length + 1))
    asked: Given = {
        "from": period.first,
        "to": period.end,
        "by": by,
        "limit": limit,
        "event_type": ",".join(sorted(names)) or None,
    }

    pages = pages_of(make_reader(rollups), METRICS, asked)

    report = gather(rollups, period, by, names)
    shown = [row for page in pages for row in page["rows"]]
    assert [row | {"final": True} for row in shown] == [
        row_of(row, is_final=True) for row in report.rows
    ]
    assert all(len(page["rows"]) <= limit for page in pages)
    assert all(page["unknown_event_types"] == report.unknown for page in pages)
    absent = [instant.to_text(hour.start_ms) for hour in report.absent if hour < NOON]
    assert all(page["hours_not_rolled_up"] == absent for page in pages)


@given(hours_of_types(), st.integers(1, 5))
def test_a_page_is_never_empty_while_there_is_another(
    rows: list[HourlyRollup], limit: int
) -> None:
    pages = pages_of(make_reader(stored(*rows)), METRICS, {"from": FIRST, "limit": limit})

    assert all(page["rows"] for page in pages[:-1])


@given(hours_of_types())
def test_what_a_day_counts_is_the_sum_of_its_hours(rows: list[HourlyRollup]) -> None:
    rollups = stored(*rows)

    hours = answer(rollups, from_=FIRST, to=NOON)["rows"]
    days = answer(rollups, from_=FIRST, to=NOON, by="day")["rows"]

    for field in ("events", "errors", "hours"):
        assert totals(days, field) == totals(hours, field)


def totals(rows: list[Any], field: str) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["event_type"], row["from"][:10]
        sums[key] = sums.get(key, 0) + row[field]
    return sums


def test_a_row_has_all_that_an_hour_is_known_by() -> None:
    hour = make_rollup(
        "purchase",
        4,
        unique_users=2,
        errors=1,
        latency=make_latency(120.5),
        amounts={"EUR": AmountSummary(2, 12_500_000)},
        reconciliation=Reconciliation(expected=7, found=6, duplicates=2),
        hour=NOON.plus(-1),
    )

    assert answer(stored(hour))["rows"] == [
        {
            "event_type": "purchase",
            "from": "2026-11-20T11:00:00.000Z",
            "to": "2026-11-20T12:00:00.000Z",
            "final": True,
            "hours": 1,
            "events": 4,
            "users": 2,
            "users_relative_error": 0.0,
            "errors": 1,
            "error_rate": 0.25,
            "latency": {
                "count": 1,
                "mean_ms": 120.5,
                "min_ms": 120.5,
                "max_ms": 120.5,
                **dict.fromkeys(("p50_ms", "p90_ms", "p95_ms", "p99_ms"), 120.5),
                "relative_error": 0.0,
            },
            "amounts": {"EUR": {"count": 2, "total_micros": 12_500_000, "total": 12.5}},
            "reconciliation": {"expected": 7, "found": 6, "duplicates": 2, "missing": 1},
        }
    ]


def test_a_range_says_how_exact_its_estimates_are() -> None:
    rows = [
        make_rollup(ALL_TYPES, 2, NOON.plus(-n), unique_users=2, latency=make_latency())
        for n in (1, 2)
    ]

    [row] = answer(stored(*rows), by="range")["rows"]

    assert row["users_relative_error"] == STANDARD_ERROR
    assert row["latency"]["relative_error"] == RELATIVE_ERROR


def test_the_last_24_hours_are_read_unless_asked_otherwise() -> None:
    found = answer(stored())

    assert (found["from"], found["to"]) == ("2026-11-19T13:00:00.000Z", "2026-11-20T13:00:00.000Z")
    assert (found["by"], found["rows"], found["next_cursor"]) == ("hour", [], None)


def test_a_range_is_rounded_outwards_to_whole_hours() -> None:
    found = answer(stored(), from_="2026-11-20T08:59:59Z", to="2026-11-20T12:00:01+02:00")

    assert (found["from"], found["to"]) == ("2026-11-20T08:00:00.000Z", "2026-11-20T11:00:00.000Z")


def test_hours_that_are_not_rolled_up_are_named_once_they_are_over() -> None:
    found = answer(stored(make_rollup(hour=NOON.plus(-2))), from_="2026-11-20T10", to="2026-11-21")

    assert found["hours_not_rolled_up"] == ["2026-11-20T11:00:00.000Z"]


def test_a_type_that_does_not_occur_is_named() -> None:
    found = answer(stored(make_rollup("click", hour=NOON.plus(-1))), event_type="clikc,click")

    assert found["unknown_event_types"] == ["clikc"]


def changed(rollups: FakeRollups) -> None:
    rollups.hour_marks.begin(NOON.plus(-1), NOON.start_ms)


def untouched(_: FakeRollups) -> None:
    return


@pytest.mark.parametrize(
    ("hour", "change", "is_final"),
    [
        (NOON.plus(-1), untouched, True),
        (NOON.plus(-1), changed, False),
        (NOON, untouched, False),
    ],
    ids=["over", "due again", "not over"],
)
def test_a_row_is_final_when_its_hour_is_over_and_not_due(
    hour: Hour, change: Callable[[FakeRollups], None], is_final: bool
) -> None:
    rollups = stored(make_rollup(hour=hour))
    change(rollups)

    [row] = answer(rollups, from_=hour, to=hour.plus(1))["rows"]

    assert row["final"] is is_final


def test_a_day_is_final_when_all_its_hours_are() -> None:
    rows = [make_rollup(hour=NOON.plus(-n)) for n in range(1, 4)]
    rollups = stored(*rows)

    [row] = answer(rollups, from_=NOON.plus(-3), to=NOON, by="day")["rows"]
    assert row["final"] is True

    [row] = answer(rollups, from_=NOON.plus(-4), to=NOON, by="day")["rows"]
    assert row["final"] is False


@pytest.mark.parametrize(("to", "age"), [(NOON, found.FINAL), (NOON.plus(1), found.ROLLED_UP)])
def test_only_a_final_answer_may_be_kept_for_long(to: Hour, age: int) -> None:
    rollups = stored(make_rollup(hour=NOON.plus(-1)), make_rollup(hour=NOON))

    given = {"from": NOON.plus(-1), "to": to}
    read = make_reader(rollups)(make_asked(METRICS, given))

    assert read.max_age_s == age


def test_a_range_that_holds_too_much_is_refused_with_what_would_fit() -> None:
    rows = [make_rollup(name, hour=NOON.plus(-n)) for name in TYPES for n in range(1, 11)]
    read = make_reader(stored(*rows), max_items=25)
    given: Given = {"from": NOON.plus(-10), "to": NOON}

    with pytest.raises(Refused) as refused:
        read(make_asked(METRICS, given))
    fewer = make_reader(stored(*rows), max_items=30)(
        make_asked(METRICS, {**given, "event_type": "click"})
    )

    [problem] = refused.value.problems
    assert (problem.field, problem.code) == ("from", Code.RANGE_TOO_WIDE)
    assert problem.message == (
        "the range would read 50 items, of at most 25;"
        " its first 5 hours would fit, or fewer event types"
    )
    assert fewer.content["unknown_event_types"] == []


def test_a_page_reads_hardly_more_hours_than_it_shows() -> None:
    rollups = stored(*(make_rollup(hour=FIRST.plus(n)) for n in range(30)))

    answer(rollups, from_=FIRST, limit=5)

    assert rollups.n_read <= 7


@pytest.mark.parametrize(("has_summaries", "n_items"), [(True, 5), (False, 15)])
def test_hours_are_read_in_one_piece_where_they_have_a_summary(
    has_summaries: bool, n_items: int
) -> None:
    rollups = stored(*(make_rollup(name, hour=FIRST.plus(n)) for name in TYPES for n in range(5)))
    rollups.has_summaries = has_summaries

    found = answer(rollups, from_=FIRST, to=FIRST.plus(5))

    assert (len(found["rows"]), rollups.n_read) == (15, n_items)


def test_a_summary_by_another_rollup_than_the_last_finished_is_not_used() -> None:
    rollups = stored(make_rollup("click", 1, FIRST))
    outdated = dict(rollups.aggregates.kept_summaries)
    rollups.store([make_rollup("click", 2, FIRST)])
    rollups.aggregates.kept_summaries = outdated

    [row] = answer(rollups, from_=FIRST, to=FIRST.plus(1))["rows"]

    assert row["events"] == 2


def test_one_of_very_many_types_is_read_by_itself() -> None:
    names = [ALL_TYPES, *(f"type_{n}" for n in range(40))]
    rollups = stored(*(make_rollup(name, hour=FIRST) for name in names))
    few = stored(*(make_rollup(name, hour=FIRST) for name in names[:30]))

    answer(rollups, from_=FIRST, to=FIRST.plus(1), event_type=ALL_TYPES)
    answer(few, from_=FIRST, to=FIRST.plus(1), event_type=ALL_TYPES)

    assert (rollups.n_summaries, few.n_summaries) == (0, 1)


def test_types_are_not_looked_for_in_hours_without_a_rollup() -> None:
    rollups = stored(*(make_rollup(name, hour=NOON.plus(-1)) for name in TYPES))
    rollups.hour_marks.mark(NOON)
    reader = make_reader(rollups)
    reader(make_asked(METRICS))
    rollups.n_queries = 0

    reader(make_asked(METRICS))

    assert rollups.n_queries == 0


def test_further_pages_keep_the_default_range_of_the_first() -> None:
    rollups = stored(*(make_rollup(hour=NOON.plus(-n)) for n in range(1, 24)))
    read = make_reader(rollups)
    first = read(make_asked(METRICS, {"limit": 20})).content

    later = make_asked(
        METRICS,
        {"limit": 20, "cursor": first["next_cursor"]},
        now_ms=NOW_MS + 5 * HOUR_MS,
    )

    assert [read(later).content[bound] for bound in ("from", "to")] == [first["from"], first["to"]]


@pytest.mark.parametrize("place", [["x"], [1, 2], [1, 0, -1, 5], [1, 0, -1, "click", 9]])
def test_a_cursor_whose_place_makes_no_sense_is_refused(place: list[int | str]) -> None:
    asked = make_asked(METRICS)
    cursor = asked.cursor(asked.span(REACH), place)

    refused = problems_of(lambda: make_reader(stored())(make_asked(METRICS, {"cursor": cursor})))

    assert refused == [("cursor", Code.INVALID_CURSOR)]
