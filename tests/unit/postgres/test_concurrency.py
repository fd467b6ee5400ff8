"""Writers that work at once, on real connections, give what they would one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Barrier

import pytest

from chalicelib.errors import CheckpointMoved
from chalicelib.model.attribution import ShardPart
from tests.builders import NOON_MS
from tests.postgres import Database
from tests.unit.postgres.interleaving import Actor, Stage, schedules
from tests.unit.postgres.laws import History, differences
from tests.unit.postgres.mutants import (
    UNCOMPARED_CHECKPOINT,
    UNPINNED_ISOLATION,
    WITHOUT_LOCK,
)
from tests.unit.postgres.world import (
    FOREVER_MS,
    Version,
    Writer,
    empty,
    make_checkout,
    make_click,
    part_of,
    stored,
)

ISOLATIONS = ("read committed", "repeatable read", "serializable")
USER = make_click(id="k0", at=NOON_MS - 7_200_000)
CLICK = make_click(id="k1", sequence=2)
CHECKOUT = make_checkout(at=NOON_MS + 5)


@dataclass(frozen=True)
class Race:
    """A click and its checkout, stored at once, of a user who exists already."""

    database: Database
    writers: Sequence[Writer]
    actors: Sequence[Actor]
    seeder: Writer

    def wrong(self) -> Iterator[tuple[int, ...]]:
        """Yield the interleavings whose result isn't the oracle's."""
        return (schedule for schedule in schedules() if self._is_wrong(schedule))

    def _is_wrong(self, schedule: tuple[int, ...]) -> bool:
        empty(self.database)
        assert not self.seeder.attribute([USER]).failed_ids
        parts = (part_of(CLICK, read=1), part_of(CHECKOUT))
        for actor, writer, part in zip(self.actors, self.writers, parts, strict=True):
            actor.prepare(partial(_apply, actor, writer, part))
        Stage(self.actors, self.database.connection).play(schedule)
        has_failed = any(actor.error for actor in self.actors)
        return has_failed or differences(self.database, [USER, CLICK, CHECKOUT]) != []


@contextmanager
def race(database: Database, version: Version) -> Iterator[Race]:
    actors = [Actor(), Actor()]
    writers = [Writer(database, version, actor.hook) for actor in actors]
    seeder = Writer(database)
    try:
        yield Race(database, writers, actors, seeder)
    finally:
        for writer in (*writers, seeder):
            writer.close()


def _apply(actor: Actor, writer: Writer, part: ShardPart) -> None:
    with writer.store.link.use() as connection:
        actor.backend = connection.info.backend_pid
    writer.store.apply(part, FOREVER_MS)


@pytest.fixture(params=ISOLATIONS)
def isolated(request: pytest.FixtureRequest, database: Database) -> Database:
    """A database whose sessions have another isolation by default."""
    database.run(
        f"ALTER DATABASE {database.name} SET default_transaction_isolation = '{request.param}'"
    )
    return database


@pytest.mark.slow
def test_all_interleavings_of_a_click_and_its_checkout_are_right(isolated: Database) -> None:
    with race(isolated, Version()) as racing:
        assert [*racing.wrong()] == []


@pytest.mark.slow
def test_without_the_users_lock_some_interleaving_is_wrong(database: Database) -> None:
    with race(database, WITHOUT_LOCK) as racing:
        assert any(racing.wrong())


@pytest.mark.slow
@pytest.mark.parametrize("isolated", ["repeatable read"], indirect=True)
def test_with_the_servers_isolation_some_interleaving_is_wrong(isolated: Database) -> None:
    with race(isolated, UNPINNED_ISOLATION) as racing:
        assert any(racing.wrong())


def zombies(database: Database, version: Version, *, read: int | None) -> list[str]:
    """Let two attempts that read the same checkpoint commit at once; return how each ended."""
    part = part_of(make_click(id="k9", sequence=9), read=read)
    barrier = Barrier(2)

    def attempt(writer: Writer) -> str:
        writer.store.checkpoint(part.shard)
        barrier.wait(timeout=60)
        try:
            writer.store.apply(part, FOREVER_MS)
        except CheckpointMoved:
            return "moved"
        return "won"

    with (
        closing(Writer(database, version)) as one,
        closing(Writer(database, version)) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        return sorted(pool.map(attempt, (one, other)))


@pytest.mark.parametrize("read", [None, 1], ids=["the first", "a later"])
def test_of_two_attempts_exactly_one_moves_the_checkpoint(
    database: Database, read: int | None
) -> None:
    _seed(database, read)

    assert zombies(database, Version(), read=read) == ["moved", "won"]


def test_without_comparing_checkpoints_both_attempts_would_win(database: Database) -> None:
    _seed(database, 1)

    assert zombies(database, UNCOMPARED_CHECKPOINT, read=1) == ["won", "won"]


def test_an_attempt_that_was_overtaken_stores_nothing(database: Database) -> None:
    _seed(database, 1)
    with closing(Writer(database)) as writer:
        writer.store.apply(part_of(make_click(id="k2", sequence=2), read=1), FOREVER_MS)
        before = stored(database)

        with pytest.raises(CheckpointMoved):
            writer.store.apply(part_of(make_click(id="k3", sequence=3), read=1), FOREVER_MS)

    assert stored(database) == before


def _seed(database: Database, read: int | None) -> None:
    with closing(Writer(database)) as writer:
        if read is not None:
            assert not writer.attribute([make_click(sequence=read)]).failed_ids


def test_writers_that_share_users_do_not_deadlock_and_agree_with_the_oracle(
    database: Database,
) -> None:
    """Two writers a shard, each of which delivers everything, in batches of its own."""
    history = History(1, n_records=200)
    works = [(shard, size) for shard in history.shards for size in (7, 11)]

    def deliver(work: tuple[tuple[str, str], int]) -> Sequence[str]:
        shard, size = work
        with closing(Writer(database, max_records=size)) as writer:
            return writer.attribute(history.shards[shard]).failed_ids

    with ThreadPoolExecutor(len(works)) as pool:
        failed = [*pool.map(deliver, works)]

    assert failed == [[]] * len(works)
    assert differences(database, history.sent) == []
