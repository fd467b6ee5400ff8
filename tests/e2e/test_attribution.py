"""Events posted to the deployed API end as rows in PostgreSQL, with the true attribution."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from chalicelib.model import instant
from chalicelib.model.instant import HOUR_MS
from chalicelib.traffic.shopping import Sent, Shop
from chalicelib.traffic.stories import Event
from chalicelib.traffic.truth import Credit, credits_of
from ops.demo.follow import read_account
from ops.demo.sender import Sender
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.postgres import Postgres
from ops.traffic.generator import Planned
from tests.e2e.waiting import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# About that many clicks and checkouts arise from a visit.
EVENTS_A_VISIT = 2
SPAN_MS = 3 * HOUR_MS
CREDITS = """
SELECT a.user_id, a.checkout_id, a.checked_out_at, a.click_id, c.campaign
FROM attributed_checkouts a LEFT JOIN raw_clicks c USING (user_id, click_id)
WHERE starts_with(a.user_id, %s)
"""


@pytest.fixture
def server(state: Path) -> Postgres:
    return Postgres(Home(state).postgres)


@pytest.fixture
def database(server: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def n_events(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--attribution-events"))


def shopping(n_events: int, prefix: str) -> list[Event]:
    """About that many events of users of their own, in the order in which they are sent."""
    windows = SPAN_MS // 300_000
    shop = Shop(visits=max(1, n_events // EVENTS_A_VISIT // windows), seed=7)
    end_ms = time.time_ns() // 1_000_000
    return [own(one, prefix) for one in shop.sent(end_ms - SPAN_MS, end_ms)]


def of_its_own(name: str) -> str:
    """A prefix of users that no other run has."""
    return f"{name}_{time.time_ns()}_"


def own(one: Sent, prefix: str) -> Event:
    return one.event | {"user_id": f"{prefix}{one.event['user_id']}"}


def post(cloud: Cloud, events: Sequence[Event]) -> None:
    sender = Sender(cloud)
    for _ in sender.send([Planned(0, "good", event) for event in events]):
        pass
    assert sender.answers.n_refused == 0


def stored(database: psycopg.Connection, prefix: str) -> list[Credit]:
    return sorted(
        Credit(user, checkout, instant.to_text(round(at.timestamp() * 1000)), click, campaign)
        for user, checkout, at, click, campaign in database.execute(CREDITS, (prefix,))
    )


def n_rows(database: psycopg.Connection, prefix: str) -> int:
    count = (
        "SELECT (SELECT count(*) FROM raw_clicks WHERE starts_with(user_id, %(p)s))"
        " + (SELECT count(*) FROM raw_checkouts WHERE starts_with(user_id, %(p)s))"
    )
    [[n]] = database.execute(count, {"p": prefix})
    return int(n)


def eventually(holds: Callable[[], bool], what: str) -> None:
    wait_for(lambda: holds() or None, what)


def distinct(events: Sequence[Event]) -> int:
    return len({(e["event_type"], e["user_id"], e["event_id"]) for e in events})


def test_the_true_attribution_of_a_shops_traffic_is_in_the_database(
    cloud: Cloud, database: psycopg.Connection, n_events: int
) -> None:
    prefix = of_its_own("shop")
    events = shopping(n_events, prefix)

    post(cloud, events)

    eventually(lambda: n_rows(database, prefix) == distinct(events), "row of every event")
    expected = credits_of(events)
    assert any(credit.click_id for credit in expected)
    eventually(lambda: stored(database, prefix) == expected, "true attribution")


def test_a_database_that_is_away_holds_up_nothing_else_and_catches_up(
    cloud: Cloud, server: Postgres
) -> None:
    prefix = of_its_own("away")
    events = shopping(300, prefix)
    server.stop()
    try:
        before = read_account(cloud).transformed
        post(cloud, events)
        eventually(
            lambda: read_account(cloud).transformed - before >= distinct(events),
            "rows in the lake",
        )
    finally:
        server.start()

    with psycopg.connect(server.url(), autocommit=True) as database:
        eventually(lambda: stored(database, prefix) == credits_of(events), "attribution after all")
