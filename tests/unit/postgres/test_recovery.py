"""PostgreSQL is killed in the middle of a batch, and comes back: nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from threading import Thread

import pytest

from chalicelib.model.batch_report import BatchReport
from chalicelib.postgres import statements
from tests.postgres import Database, serving
from tests.unit.postgres.laws import History, differences
from tests.unit.postgres.oracle import Sent
from tests.unit.postgres.world import Writer, empty

MOMENTS = [
    ("before", statements.LOCK_USERS),
    ("before", statements.ATTRIBUTE),
    ("after", statements.ATTRIBUTE),
]


@pytest.fixture(scope="module")
def own_database() -> Iterator[Database]:
    """On a server of its own: killing a backend ends every connection to its server."""
    with serving(fsync="on", synchronous_commit="on", full_page_writes="on") as databases:
        database = databases.make()
        yield database
        database.close()


@pytest.fixture
def database(own_database: Database) -> Iterator[Database]:
    own_database.server.start()
    yield own_database
    own_database.server.start()
    own_database.close()


@dataclass
class Once:
    """Does something to the server the second time that a statement is about to run or has run."""

    moment: str
    query: str
    act: Callable[[], None]
    n_seen: int = field(default=0)

    def __call__(self, moment: str, query: str) -> None:
        if (moment, query) == (self.moment, self.query):
            self.n_seen += 1
            if self.n_seen == 2:
                self.act()


def backend_killed(database: Database, writer: Writer) -> None:
    with writer.store.link.use() as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)


def server_killed(database: Database, _writer: Writer) -> None:
    """It is started again a moment later, while the writer tries to reconnect."""
    database.close()
    database.server.kill()
    Thread(target=_start_later, args=(database,)).start()


def _start_later(database: Database) -> None:
    time.sleep(0.2)
    database.server.start()


@pytest.mark.slow
@pytest.mark.parametrize("act", [backend_killed, server_killed])
@pytest.mark.parametrize(
    ("moment", "query"), MOMENTS, ids=["before storing", "before attributing", "before committing"]
)
def test_a_killed_server_loses_nothing_and_doubles_nothing(
    database: Database,
    act: Callable[[Database, Writer], None],
    moment: str,
    query: str,
) -> None:
    empty_again(database)
    history = History(3)
    writer = Writer(database, max_records=3, sleep=time.sleep)
    once = Once(moment, query, lambda: act(database, writer))
    writer.hook = once

    with closing(writer):
        reports = [r for records in history.shards.values() for r in delivered(writer, records)]

    assert once.n_seen >= 2
    database.close()
    assert differences(database, history.sent) == []
    said = [text for report in reports for text in (*report.reasons, *report.recovered_from)]
    assert any("StoreUnavailable" in text for text in said)


def delivered(writer: Writer, records: Sequence[Sent]) -> Iterator[BatchReport]:
    """Deliver a batch as Lambda does, again and again until nothing of it has failed."""
    for _ in range(60):
        report = writer.attribute(records)
        yield report
        if not report.failed_ids:
            return
        time.sleep(0.2)
    raise AssertionError(report.reasons)


def empty_again(database: Database) -> None:
    database.close()
    empty(database)


@pytest.mark.slow
def test_while_the_database_is_away_batches_fail_and_are_done_when_it_is_back(
    database: Database,
) -> None:
    empty_again(database)
    history = History(4)
    with closing(Writer(database)) as writer:
        shards = [*history.shards.values()]
        writer.attribute(shards[0][:5])
        database.close()
        database.server.stop()
        away = [writer.attribute(records) for records in shards]
        database.server.start()
        back = [writer.attribute(records) for records in shards]

    # Where the checkpoint can't be read, nothing is known to be committed.
    assert [report.failed_ids for report in away] == [[str(s[0].sequence)] for s in shards]
    assert all("StoreUnavailable" in report.reasons[0] for report in away)
    assert [report.failed_ids for report in back] == [[]] * len(shards)
    assert differences(database, history.sent) == []
