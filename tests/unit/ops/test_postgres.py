"""The local PostgreSQL starts and stops in its own folder, and in nobody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops.kit.errors import OperationFailed
from ops.local.database import READER, WRITER, prepare
from ops.local.postgres import DATABASE, Postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """In a folder that pytest opens to its own user alone, at a path too long for a socket."""
    server = Postgres(tmp_path / ("deep" * 20) / "pg", {"fsync": "off"})
    yield server
    server.discard()


def test_data_outlive_a_stop_and_a_crash(server: Postgres) -> None:
    prepare(server)
    with psycopg.connect(server.url()) as connection:
        connection.execute("INSERT INTO users VALUES ('u', now())")
    server.stop()
    server.start()
    server.kill()
    is_running_after_the_crash = server.pid is not None
    server.start()

    assert not is_running_after_the_crash
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("u",)]


def test_starting_and_stopping_twice_does_nothing_more(server: Postgres) -> None:
    assert (server.start(), server.start()) == (True, False)
    assert (server.stop(), server.stop()) == (True, False)


def test_preparing_again_keeps_what_is_there(server: Postgres) -> None:
    assert prepare(server) != []
    assert prepare(server) == []

    with psycopg.connect(server.url(DATABASE, WRITER)) as connection:
        connection.execute("INSERT INTO users VALUES ('u', now())")
    with psycopg.connect(server.url(DATABASE, READER)) as connection:
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("u",)]


def test_no_folder_is_opened_and_nothing_listens_on_the_network(server: Postgres) -> None:
    closed = server.folder.parents[1]
    before = closed.stat()
    server.start()

    assert (closed.stat().st_mode, closed.stat().st_uid) == (before.st_mode, before.st_uid)
    assert {path.stat().st_mode & 0o777 for path in (server.folder, server.sockets)} == {0o700}
    with psycopg.connect(server.url("postgres")) as connection:
        [(addresses, user)] = connection.execute(
            "SELECT current_setting('listen_addresses'), current_user"
        )
    assert (addresses, user) == ("", "postgres")
    assert Path(f"/proc/{server.pid}").stat().st_uid == (os.geteuid() or 65_534)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", {"shared_buffers": "many"})
    with pytest.raises(OperationFailed) as raised:
        server.start()
    server.discard()

    assert "shared_buffers" in raised.value.advice


def test_discarding_leaves_nothing(server: Postgres) -> None:
    server.start()
    server.discard()

    assert not server.folder.exists()
    assert not server.sockets.exists()
