"""What the API is told about attribution: from the tables, through the function, to the answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.attribution.report_attribution import ReportAttribution
from chalicelib.errors import StoreUnavailable, TookTooLong
from chalicelib.model import instant
from chalicelib.model.attribution_report import (
    UNATTRIBUTED,
    GroupBy,
    GroupedCredits,
    Model,
    ReportQuestion,
)
from chalicelib.model.instant import DAY_MS, MINUTE_MS
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.grouped_credits import PostgresGroupedCredits
from tests.attribution_oracle import WHOLE, Touch, credits_of, revenue_of, touches
from tests.attribution_rows import add_checkouts, add_clicks, cleared
from tests.postgres import Database

NOON_MS = instant.from_text("2026-11-20T12:00:00.000Z")
CAMPAIGNS = ("spring", "summer", "brand", None)
USERS = ("u1", "u2")
NOWHERE = "postgresql://nobody@/nowhere?host=/nowhere"

type Clicked = tuple[str, str, int, str | None]
type Bought = tuple[str, str, int, int, str]

CLICKS = st.lists(
    st.tuples(st.sampled_from(USERS), st.integers(-90, 0), st.sampled_from(CAMPAIGNS)), max_size=12
)
CHECKOUTS = st.lists(
    st.tuples(
        st.sampled_from(USERS),
        st.integers(-60, 0),
        st.integers(-(10**9), 10**9),
        st.sampled_from(("EUR", "USD")),
    ),
    max_size=6,
)


def make_question(**changes: Any) -> ReportQuestion:
    question: dict[str, Any] = {
        "model": Model.LINEAR,
        "group_by": GroupBy.CAMPAIGN,
        "first_ms": NOON_MS - DAY_MS,
        "end_ms": NOON_MS + 1,
        "half_life_ms": 600_000,
        "most": 20,
    }
    return ReportQuestion(**question | changes)


@contextmanager
def reading(url: str, timeout_ms: int = 60_000) -> Iterator[PostgresGroupedCredits]:
    credits_ = PostgresGroupedCredits.open(lambda: Conninfo.of_url(url), timeout_ms=timeout_ms)
    try:
        yield credits_
    finally:
        credits_.link.close()


def read(database: Database, question: ReportQuestion) -> GroupedCredits:
    with reading(database.url) as credits_:
        return credits_.read(question)


@pytest.mark.parametrize("model", [Model.FIRST_CLICK, Model.LINEAR, Model.POSITION_BASED])
@settings(max_examples=30)
@given(clicks=CLICKS, checkouts=CHECKOUTS, most=st.integers(1, 4))
def test_a_report_adds_up_what_the_oracle_credits(
    kept_database: Database,
    model: Model,
    clicks: list[tuple[str, int, str | None]],
    checkouts: list[tuple[str, int, int, str]],
    most: int,
) -> None:
    clicked = [
        (user, f"c{n}", NOON_MS + at * MINUTE_MS, campaign)
        for n, (user, at, campaign) in enumerate(clicks)
    ]
    bought = [
        (user, f"o{n}", NOON_MS + at * MINUTE_MS, micros, currency)
        for n, (user, at, micros, currency) in enumerate(checkouts)
    ]
    with cleared(kept_database) as connection:
        add_clicks(connection, clicked)
        add_checkouts(connection, bought)
    nanos, revenue = credited(model, clicked, bought)
    n_clicks = Counter(campaign or "" for *_, campaign in clicked)

    found = read(kept_database, make_question(model=model, most=most))

    named = [row for row in found.rows if row.place > 0]
    assert len(named) == min(most, len(n_clicks))
    for row in [*named, found.rows[0]]:
        assert row.credit_nanos == nanos[row.name]
        assert row.revenue_micros == revenue.get(row.name, {})
        assert row.clicks == n_clicks[row.name or ""] or row.place == UNATTRIBUTED
    assert sum(row.credit_nanos for row in found.rows) == WHOLE * len(bought)
    assert sum(row.clicks for row in found.rows) == len(clicked)
    assert total(row.revenue_micros for row in found.rows) == total(revenue.values())


def credited(
    model: Model, clicked: Sequence[Clicked], bought: Sequence[Bought]
) -> tuple[Counter[str | None], dict[str | None, Counter[str]]]:
    """Return credits, and revenue by currency, of each campaign; None is the unattributed."""
    nanos: Counter[str | None] = Counter()
    revenue: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
    campaign_of = {id_: campaign or "" for _, id_, _, campaign in clicked}
    for user, _, at_ms, micros, currency in bought:
        path = touches([Touch(ms, id_) for who, id_, ms, _ in clicked if who == user], at_ms)
        shares = credits_of(model, path, 1) or [WHOLE]
        names: list[str | None] = [campaign_of[touch.click_id] for touch in path] or [None]
        for name, share, paid in zip(names, shares, revenue_of(micros, shares), strict=True):
            if share:
                nanos[name] += share
                revenue[name][currency] += paid
    return nanos, revenue


def total(amounts: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Add amounts up by currency."""
    added: Counter[str] = Counter()
    for one in amounts:
        added.update(one)
    return added


def test_times_to_conversion_are_weighted_by_credit(database: Database) -> None:
    with database.connect() as connection:
        clicks = [("u1", "c1", NOON_MS - 40 * 60_000, "a"), ("u1", "c2", NOON_MS - 60_000, "a")]
        add_clicks(connection, [*clicks, ("u2", "c3", NOON_MS - 120_000, "a")])
        add_checkouts(connection, [(user, "o", NOON_MS, 1, "EUR") for user in ("u1", "u2")])

    [_, row] = read(database, make_question()).rows

    # Half a credit after a minute, a whole one after two, and half a credit after forty.
    assert (row.median_s, row.p90_s) == (120, 2_400)


def test_the_busiest_groups_are_named_and_ties_are_in_order(database: Database) -> None:
    with database.connect() as connection:
        for n, campaign in enumerate(("b", "c", "a", "a")):
            add_clicks(connection, [(f"u{n}", "c", NOON_MS - 1, campaign)])
            add_checkouts(connection, [(f"u{n}", "o", NOON_MS, 1, "EUR")])

    rows = read(database, make_question(most=2)).rows

    assert [(row.place, row.name) for row in rows] == [(-1, None), (0, None), (1, "a"), (2, "b")]


def test_it_says_how_much_is_final_and_until_when(database: Database) -> None:
    with database.connect() as connection:
        add_checkouts(
            connection, [("u", f"o{n}", NOON_MS - n * 6 * MINUTE_MS, 1, "EUR") for n in (0, 1)]
        )
        connection.execute(
            "INSERT INTO shard_checkpoints VALUES ('s', '1', %s)", (instant.to_text(NOON_MS),)
        )

    found = read(database, make_question())

    assert found.final_until_ms == NOON_MS - 5 * MINUTE_MS
    assert [(row.credit_nanos, row.final_nanos) for row in found.rows] == [(2 * WHOLE, WHOLE)]


def test_the_source_is_another_way_to_group(database: Database) -> None:
    with database.connect() as connection:
        add_clicks(connection, [("u", "c", NOON_MS, "spring")])

    rows = read(database, make_question(group_by=GroupBy.SOURCE)).rows

    assert [row.name for row in rows] == [None, "web"]


def test_reading_takes_the_readers_role_alone_and_can_write_nothing(database: Database) -> None:
    login = "reader_of_a_test"
    with database.connect() as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN IN ROLE eventstream_reader".encode())
    try:
        with reading(database.server.url(database.name, login)) as credits_:
            assert [row.place for row in credits_.read(make_question()).rows] == [-1]
            with (
                pytest.raises(StoreUnavailable, match="read-only"),
                credits_.link.use() as connection,
            ):
                connection.execute("DELETE FROM users")
    finally:
        with database.connect() as connection:
            connection.execute(f"DROP ROLE {login}".encode())


def test_a_statement_that_takes_too_long_is_stopped(database: Database) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE raw_clicks")

        with reading(database.url, timeout_ms=50) as credits_, pytest.raises(TookTooLong):
            credits_.read(make_question())


def test_a_database_that_is_away_is_a_problem_that_passes() -> None:
    with reading(NOWHERE) as credits_, pytest.raises(StoreUnavailable):
        credits_.read(make_question())


def test_the_function_answers_with_rows_or_with_a_problem(database: Database) -> None:
    event = make_question().to_json()
    with reading(database.url) as here, reading(NOWHERE) as away:
        answered = ReportAttribution(here, lambda: 0)(event)
        failed = ReportAttribution(away, lambda: 0)(event)

    assert GroupedCredits.from_json(answered.to_json()).rows[0].place == -1
    assert failed.to_json()["problem"] == "unavailable"
    assert failed.line["event"] == "attribution reported"
