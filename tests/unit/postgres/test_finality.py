"""A checkout is final once nothing that arrives in the ordinary course can change it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.model.attribution import ShardEnd
from chalicelib.postgres.stream_progress import PostgresStreamProgress
from tests.postgres import Database
from tests.unit.postgres.world import CLICKS, SHARD, Writer, make_click

CHECKED_OUT = """
INSERT INTO attributed_checkouts (user_id, checkout_id, checked_out_at)
VALUES ('u', 'o', now() - interval '{}')"""
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
READ = """
INSERT INTO shard_checkpoints (shard, sequence, arrived_at, committed_at)
VALUES ('{}', '1', now() - interval '{}', now() - interval '{}')"""


def is_final(database: Database) -> object:
    [[final]] = database.rows("SELECT is_final FROM checkout_finality")
    return final


@pytest.fixture
def checkout(database: Database) -> Database:
    """Eight minutes old."""
    database.run(CHECKED_OUT.format("8 min"))
    return database


def read(database: Database, shard: str, arrived: str, committed: str = "1 s") -> None:
    database.run(READ.format(shard, arrived, committed))


def test_before_anything_is_read_nothing_is_final(checkout: Database) -> None:
    assert is_final(checkout) is False


def test_a_checkout_is_final_when_all_shards_are_read_past_it_and_its_lateness(
    checkout: Database,
) -> None:
    read(checkout, "a", "1 min")
    read(checkout, "b", "2 min")

    assert is_final(checkout) is True


def test_a_shard_that_lags_holds_it_up(checkout: Database) -> None:
    read(checkout, "a", "1 min")
    read(checkout, "b", "4 min")

    assert is_final(checkout) is False


def test_an_idle_shard_holds_it_up_for_a_while_and_not_for_ever(database: Database) -> None:
    database.run(CHECKED_OUT.format("30 min"))
    database.run("UPDATE attribution_settings SET idle_after = '1 day'")
    read(database, "a", "1 min")
    read(database, "b", "2 days", committed="2 days")
    before = is_final(database)
    # As long as the server itself has been up.
    database.run("UPDATE attribution_settings SET idle_after = '1 microsecond'")

    assert (before, is_final(database)) == (False, True)


def test_how_long_records_may_be_late_can_be_set(checkout: Database) -> None:
    read(checkout, "a", "1 min")
    checkout.run("UPDATE attribution_settings SET lateness = '8 min'")

    assert is_final(checkout) is False


def test_an_event_of_the_far_future_makes_nothing_final(checkout: Database) -> None:
    """Watermarks follow arrival, which the sender can't choose."""
    checkout.run(
        "INSERT INTO raw_clicks VALUES ('u','k','9999-12-31','9999-12-31','s','s','1','w')"
    )
    read(checkout, "a", "8 min")

    assert is_final(checkout) is False


# Of a reader of whole streams, which may be stopped for hours.
READ_STREAM = """
INSERT INTO stream_reads VALUES ('{}', now() - interval '{}')"""


def watermark_age(database: Database, shard: str) -> object:
    """Return how many minutes ago the watermark of a shard was."""
    query = "SELECT round(extract(epoch FROM now() - watermark) / 60)::int FROM shard_watermarks"
    [[age]] = database.rows(f"{query} WHERE shard = %s", shard)
    return age


@pytest.fixture
def quick(database: Database) -> Database:
    """The server was started a moment ago, and a shard is idle after half a microsecond."""
    database.run("UPDATE attribution_settings SET idle_after = '1 microsecond'")
    return database


def test_while_the_reader_of_a_stream_is_stopped_its_idle_shards_make_nothing_final(
    database: Database,
) -> None:
    read(database, "clicks-shardId-1", "3 hours", committed="3 hours")
    database.run(READ_STREAM.format("clicks", "2 hours"))

    # Nobody knows what has arrived in the two hours since.
    assert watermark_age(database, "clicks-shardId-1") == 185


def test_a_stream_that_was_just_read_is_not_held_up_by_an_idle_shard(quick: Database) -> None:
    read(quick, "clicks-shardId-1", "3 hours", committed="3 hours")
    quick.run("INSERT INTO stream_reads VALUES ('clicks', clock_timestamp())")

    assert watermark_age(quick, "clicks-shardId-1") == 5


def test_a_shard_that_catches_up_holds_finality_up_though_its_stream_was_read(
    quick: Database,
) -> None:
    # Committed after the stream's reading began, which is what `read_until` is.
    read(quick, "clicks-shardId-1", "3 hours", committed="0 s")
    quick.run(READ_STREAM.format("clicks", "10 s"))

    assert watermark_age(quick, "clicks-shardId-1") == 185


def test_a_reader_speaks_for_the_shards_of_its_stream_alone(database: Database) -> None:
    read(database, "clicks-eu-shardId-1", "1 min")
    database.run(READ_STREAM.format("clicks", "2 hours"))

    assert watermark_age(database, "clicks-eu-shardId-1") == 6


def test_a_function_that_reads_a_shard_takes_its_stream_over(database: Database) -> None:
    database.run(READ_STREAM.format(CLICKS, "2 hours"), READ_STREAM.format("others", "1 hour"))
    with closing(Writer(database)) as writer:
        writer.attribute([make_click()])

    left = "SELECT stream FROM stream_reads WHERE read_until IS NOT NULL"
    assert database.rows(left) == [("others",)]


def advance(database: Database, sequence: int, arrived: str, until: str) -> None:
    progress = PostgresStreamProgress(lambda: database.conninfo)
    end = ShardEnd(f"{CLICKS}-{SHARD}", f"{sequence:056}", f"2026-11-20T{arrived}:00.000Z")
    progress.advance(CLICKS, f"2026-11-20T{until}:00.000Z", [end])


def test_a_streams_reader_moves_nothing_back(database: Database) -> None:
    advance(database, 9, "12:00", "12:05")
    advance(database, 5, "11:00", "11:05")

    rows = database.rows(
        "SELECT sequence::int, arrived_at, read_until FROM shard_checkpoints, stream_reads"
    )
    assert rows == [(9, NOON, NOON + timedelta(minutes=5))]


def test_a_function_goes_on_where_a_streams_reader_has_stopped(database: Database) -> None:
    advance(database, 9, "12:00", "12:05")
    with closing(Writer(database)) as writer:
        report = writer.attribute([make_click(sequence=n) for n in (8, 9, 10)])

    assert report.figures["skipped"] == 2
