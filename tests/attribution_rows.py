"""Rows of attribution's tables, with everything left out that a test is not about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from chalicelib.attribution.read_row import decimal
from chalicelib.model import instant
from chalicelib.postgres import statements
from tests.postgres import Database

_ORIGIN = ("stream", "shardId-000000000000", "0" * 56)


@contextmanager
def cleared(database: Database) -> Iterator[psycopg.Connection]:
    """Empty the tables, which is quicker than a database for each example."""
    with database.connect() as connection:
        connection.execute(
            "TRUNCATE users, raw_clicks, raw_checkouts, attributed_checkouts, shard_checkpoints"
        )
        yield connection


def add_clicks(
    connection: psycopg.Connection, clicks: Iterable[tuple[str, str, int, str | None]]
) -> None:
    """Add clicks as user, id, epoch milliseconds and campaign; their source is web."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO raw_clicks VALUES (%s, %s, %s, %s, %s, %s, %s, 'web', %s, '/')",
            [
                (user, id_, instant.to_text(at), instant.to_text(at), *_ORIGIN, campaign)
                for user, id_, at, campaign in clicks
            ],
        )


def add_checkouts(
    connection: psycopg.Connection,
    checkouts: Iterable[tuple[str, str, int, int | None, str | None]],
) -> None:
    """Add checkouts as user, id, epoch milliseconds, micros and currency."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO raw_checkouts VALUES (%s, %s, %s, %s, %s, %s, %s, 'web', %s, %s)",
            [
                (
                    user,
                    id_,
                    instant.to_text(at),
                    instant.to_text(at),
                    *_ORIGIN,
                    None if micros is None else decimal(micros),
                    currency,
                )
                for user, id_, at, micros, currency in checkouts
            ],
        )


def attribute_all(connection: psycopg.Connection) -> None:
    """Attribute every checkout, by the statement that attribution itself uses."""
    connection.execute(statements.SESSION)
    with connection.transaction():
        connection.execute(
            "INSERT INTO touched_checkouts (user_id, checkout_id, checked_out_at)"
            " SELECT user_id, checkout_id, checked_out_at FROM raw_checkouts"
        )
        connection.execute(statements.ATTRIBUTE)
