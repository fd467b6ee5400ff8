"""Attribution's tables, rebuilt from the raw archive, are what the functions had stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.archive.raw_key import PREFIX
from chalicelib.attribution import AttributeBatch
from chalicelib.errors import StoreUnavailable
from chalicelib.model import instant
from chalicelib.model.attribution import Applied, Rows
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.process import Limits, ProcessBatch
from ops.kit.errors import OperationFailed
from ops.rebuild.attribute import restore_all
from ops.rebuild.rebuild_object import RebuildObject
from tests.builders import NOON_MS, make_event, make_record
from tests.fakes import FakeLedger, FakeObjects
from tests.postgres import Database

TABLES = {
    "users": "user_id",
    "raw_clicks": "user_id, click_id",
    "raw_checkouts": "user_id, checkout_id",
    "attributed_checkouts": "user_id, checkout_id",
    "quarantined_records": "stream, shard_id, sequence",
}
MINUTE_MS = 60_000


def make_records() -> list[dict[str, Any]]:
    """A click, its repeat that says otherwise, a checkout, one without a click, and poison."""

    def at(minutes: int) -> str:
        return instant.to_text(NOON_MS + minutes * MINUTE_MS)

    def click(id_: str, minutes: int, campaign: str) -> dict[str, object]:
        properties = {"campaign": campaign, "page": "/"}
        times = {"timestamp": at(minutes), "ingested_at": at(minutes)}
        return make_event(event_id=id_, event_type="click", properties=properties, **times)

    def checkout(id_: str, minutes: int, **changes: object) -> dict[str, object]:
        properties = {"amount": 12.34, "currency": "EUR"}
        times = {"timestamp": at(minutes), "ingested_at": at(minutes)}
        event = {"event_id": id_, "event_type": "checkout", "properties": properties}
        return make_event(**event | times | changes)

    events = [
        click("c1", 0, "spring"),
        checkout("o1", 10),
        click("c1", 1, "altered"),
        click("c2", 5, "summer"),
        checkout("o2", 20, user_id="somebody_else"),
        click("c3", 2, "with a \0 in it"),
    ]
    return [make_record(n, event, arrived_ms=NOON_MS) for n, event in enumerate(events, 1)]


def archived(records: list[dict[str, Any]]) -> FakeObjects:
    archive = FakeObjects()
    process = ProcessBatch(
        archive=archive,
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        sleep=lambda _: None,
        jitter=lambda: 0.0,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=0,
    )
    process(records, lambda: 100_000)
    return archive


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every table as it is, except when something was stored."""
    return {
        table: database.rows(
            f"SELECT to_jsonb(t) - 'quarantined_at' FROM {table} t ORDER BY {order}"  # noqa: S608
        )
        for table, order in TABLES.items()
    }


def restore(archive: FakeObjects, database: Database, *, backwards: bool = False) -> Counter[str]:
    store = PostgresAttributionStore.open(lambda: database.conninfo)
    keys = sorted(archive.keys(PREFIX), reverse=backwards)
    try:
        return restore_all(
            keys,
            read=lambda key: archive.get(key).body,
            rebuild=RebuildObject(store),
            show=lambda: None,
        )
    finally:
        store.link.close()


@pytest.fixture
def attributed(database: Database) -> Database:
    """The database as the functions leave it."""
    store = PostgresAttributionStore.open(lambda: database.conninfo)
    attribute = AttributeBatch(
        store=store,
        clock=lambda: NOON_MS,
        sleep=lambda _: None,
        jitter=lambda: 0.0,
        reserve_ms=0,
    )
    report = attribute(make_records(), lambda: 100_000)
    store.link.close()
    assert not report.failed_ids
    return database


def emptied(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())


@pytest.mark.parametrize("backwards", [False, True])
def test_an_empty_database_becomes_what_it_was(attributed: Database, backwards: bool) -> None:
    before = contents(attributed)
    assert all(before.values())
    emptied(attributed)

    counts = restore(archived(make_records()), attributed, backwards=backwards)

    assert contents(attributed) == before
    assert (counts["clicks"], counts["checkouts"], counts["unstorable"]) == (3, 2, 1)


def test_what_is_there_already_stays_as_it_is(attributed: Database) -> None:
    before = contents(attributed)

    counts = restore(archived(make_records()), attributed)

    assert contents(attributed) == before
    assert counts["restated"] == 0


def test_checkpoints_stay_where_the_functions_left_them(attributed: Database) -> None:
    query = "SELECT shard, sequence, committed_at FROM shard_checkpoints"
    before = attributed.rows(query)

    restore(archived(make_records()), attributed)

    assert attributed.rows(query) == before


class Away:
    def restore(self, rows: Rows) -> Applied:  # noqa: ARG002  as the port has it
        raise StoreUnavailable("the server went away")


def test_a_database_that_goes_away_ends_it_with_what_to_do() -> None:
    archive = archived(make_records())
    get: Callable[[str], bytes] = lambda key: archive.get(key).body  # noqa: E731

    with pytest.raises(OperationFailed, match="in part"):
        restore_all(
            archive.keys(PREFIX), read=get, rebuild=RebuildObject(Away()), show=lambda: None
        )
