"""A checkout is final once nothing that arrives in the ordinary course can change it."""

from __future__ import annotations

import pytest

from tests.postgres import Database

CHECKED_OUT = """
INSERT INTO attributed_checkouts (user_id, checkout_id, checked_out_at)
VALUES ('u', 'o', now() - interval '{}')"""
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
