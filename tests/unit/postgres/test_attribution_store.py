"""What a transaction does with unusual rows, errors and large batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from chalicelib.errors import Contended, RowsRefused, StoreUnavailable
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.postgres.conninfo import Conninfo
from tests.builders import NOON_MS, make_record
from tests.poison import POISON
from tests.postgres import Database
from tests.unit.postgres.laws import differences
from tests.unit.postgres.mutants import UNSORTED_LOCK
from tests.unit.postgres.oracle import Sent
from tests.unit.postgres.world import (
    CLICKS,
    FOREVER_MS,
    Version,
    Writer,
    make_checkout,
    make_click,
    part_of,
    record_of,
)

FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    with closing(Writer(database)) as writer:
        yield writer


def many(n_records: int, seed: int, first: int = 1) -> list[Sent]:
    chance = Random(seed)
    return [
        make_click(
            user=f"u{chance.randrange(n_records)}",
            id=f"k{seed}-{n}",
            at=NOON_MS + chance.randrange(7_200_000),
            sequence=n,
        )
        for n in range(first, first + n_records)
    ]


def test_records_of_no_interest_and_poison_are_passed_over_and_counted(writer: Writer) -> None:
    poison = [make_record(n, body, stream=CLICKS) for n, body in enumerate(POISON.values(), 10)]
    other = make_record(90, stream=CLICKS)
    report = writer.attribute_records([*poison, other, record_of(make_click(sequence=91))])

    assert report.failed_ids == []
    assert report.figures["clicks"] == 1
    assert report.figures["poison"] + report.figures["passed_over"] == len(POISON) + 1
    assert writer.database.rows("SELECT click_id FROM raw_clicks") == [("k1",)]


@pytest.mark.parametrize("field", ["user", "campaign"])
def test_a_character_that_postgresql_refuses_is_quarantined(writer: Writer, field: str) -> None:
    sent = [make_click(sequence=1), make_click(id="k2", sequence=2, **{field: "a\0b"})]
    report = writer.attribute([*sent, make_click(id="k3", sequence=3)])

    assert report.failed_ids == []
    assert report.figures["unstorable"] == 1
    [(sequence, code)] = writer.database.rows("SELECT sequence, code FROM quarantined_records")
    assert (str(sequence).lstrip("0"), code) == ("2", "nul_character")
    assert writer.database.rows("SELECT count(*) FROM raw_clicks") == [(2,)]


def test_the_first_and_the_last_instant_of_our_events_are_stored(writer: Writer) -> None:
    sent = [
        make_click(at=FIRST_MS, ingested=FIRST_MS),
        make_click(id="k2", at=LAST_MS, ingested=LAST_MS, sequence=2),
        make_checkout(at=FIRST_MS),
        make_checkout(id="o2", at=LAST_MS, sequence=2),
    ]
    for one in sent:
        assert not writer.attribute([one]).failed_ids

    assert differences(writer.database, sent) == []


def test_a_row_that_only_the_database_refuses_is_isolated_and_quarantined(writer: Writer) -> None:
    writer.database.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE SQLSTATE '22000' USING MESSAGE = 'no ' || NEW.click_id; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON raw_clicks"
        " FOR EACH ROW WHEN (NEW.click_id IN ('k3', 'k6')) EXECUTE FUNCTION refuse()",
    )
    sent = [make_click(id=f"k{n}", sequence=n) for n in range(1, 9)]
    report = writer.attribute(sent)

    assert report.failed_ids == []
    assert (report.figures["clicks"], report.figures["unstorable"]) == (6, 2)
    codes = writer.database.rows(
        "SELECT right(sequence, 1), code FROM quarantined_records ORDER BY 1"
    )
    assert codes == [("3", "refused_by_database"), ("6", "refused_by_database")]
    assert "k3" not in repr(report.line)


def test_numbers_are_stored_to_the_millionth(writer: Writer) -> None:
    writer.attribute([make_checkout(amount=-0.1)])

    assert writer.database.rows("SELECT amount::text FROM raw_checkouts") == [("-0.100000",)]


def test_repeating_a_batch_changes_nothing(writer: Writer) -> None:
    sent = [make_click(), make_click(id="k2", sequence=2)]
    writer.attribute(sent)
    report = writer.attribute(sent)

    assert report.figures["skipped"] == 2
    assert "transactions" not in report.figures


def test_a_late_click_restates_what_it_precedes(writer: Writer) -> None:
    writer.attribute([make_checkout(at=NOON_MS)])
    report = writer.attribute([make_click(at=NOON_MS - 1)])

    assert (report.figures["attributed"], report.figures["restated"]) == (1, 1)


@pytest.mark.parametrize(
    ("version", "is_sorted"), [(Version(), True), (UNSORTED_LOCK, False)], ids=["ours", "unsorted"]
)
def test_users_are_locked_in_one_order(
    database: Database, version: Version, *, is_sorted: bool
) -> None:
    """Or else two writers of the same users could wait for each other."""
    with closing(Writer(database, version)) as writer:
        writer.attribute(many(300, seed=1))
    users = [user for (user,) in database.rows("SELECT user_id FROM users ORDER BY ctid")]

    assert (users == sorted(users, key=str)) is is_sorted


def test_a_small_batch_after_a_large_one_reads_no_table_as_a_whole(writer: Writer) -> None:
    """On the same connection, whose plans may have been made for the large one."""
    for n in range(8):
        writer.attribute([make_checkout(id=f"o{n}", sequence=n + 1)])
        writer.attribute(many(3_000 if n == 6 else 10, seed=n, first=n * 5_000 + 1))
    before = scans(writer.database)

    writer.attribute(many(10, seed=9, first=90_000))
    writer.attribute([make_checkout(id="last", sequence=99)])

    assert scans(writer.database) == before


def scans(database: Database) -> list[tuple[object, ...]]:
    database.run("SELECT pg_stat_force_next_flush()")
    return database.rows(
        "SELECT relname, seq_scan FROM pg_stat_user_tables"
        " WHERE relname IN ('users', 'raw_clicks', 'raw_checkouts', 'attributed_checkouts')"
        " ORDER BY relname"
    )


def test_a_lock_that_is_not_granted_in_time_is_reported_as_contended(database: Database) -> None:
    store = PostgresAttributionStore.open(lambda: database.conninfo, lock_timeout_ms=50)
    with closing(store.link), database.connect() as other, other.transaction():
        other.execute("INSERT INTO users VALUES ('u1', now())")
        with pytest.raises(Contended):
            store.apply(part_of(make_click()), FOREVER_MS)

    assert database.rows("SELECT count(*) FROM shard_checkpoints") == [(0,)]


def test_a_transaction_ends_with_the_time_it_was_given(database: Database) -> None:
    store = PostgresAttributionStore.open(lambda: database.conninfo)
    with closing(store.link), database.connect() as other, other.transaction():
        other.execute("INSERT INTO users VALUES ('u1', now())")
        with pytest.raises(StoreUnavailable):
            store.apply(part_of(make_click()), within_ms=50)


def test_rows_that_cannot_be_stored_leave_nothing_behind(writer: Writer) -> None:
    with pytest.raises(RowsRefused, match="SQLSTATE"):
        writer.store.apply(part_of(make_click(), make_click(id="a\0", sequence=2)), FOREVER_MS)

    assert writer.database.rows("SELECT count(*) FROM raw_clicks") == [(0,)]
    assert writer.store.link.n_opened == 1


def test_a_password_is_in_no_error_and_no_representation(database: Database) -> None:
    conninfo = Conninfo.of_url("postgresql://postgres:hunter2@127.0.0.1:9/none?connect_timeout=1")
    store = PostgresAttributionStore.open(lambda: conninfo)
    with pytest.raises(StoreUnavailable) as raised:
        store.checkpoint("any")
    with pytest.raises(ValueError, match="malformed") as malformed:
        Conninfo.of_url("postgresql://postgres:hunter2@host:port/%zz")

    shown = repr((raised.value, malformed.value, malformed.value.__cause__, conninfo, store))
    assert "hunter2" not in shown
