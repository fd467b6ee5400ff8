"""The laws of attribution, each a function that returns what is wrong with a version of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from chalicelib.model.attribution import Applied, ShardPart
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from tests.builders import NOON_MS
from tests.fakes import Killed
from tests.postgres import Database
from tests.unit.postgres.oracle import WINDOW_MS, Sent, tables_of
from tests.unit.postgres.world import (
    EVENTS,
    STREAMS,
    Writer,
    empty,
    make_checkout,
    make_click,
    stored,
)

type Law = Callable[[Writer], list[str]]

# Near each other and the window's length apart, so that edges and ties are frequent.
OFFSETS_MS = (0, 1, 5, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1, 2 * WINDOW_MS)
ATTEMPTS = 6


def differences(database: Database, sent: Sequence[Sent]) -> list[str]:
    """Compare every table with the oracle's."""
    found, expected = stored(database), tables_of(sent)
    return [
        f"{table}: {[row for row in found[table] if row not in rows]}"
        f" instead of {[row for row in rows if row not in found[table]]}"
        for table, rows in expected.items()
        if found[table] != rows
    ]


def result_of(writer: Writer, *batches: Sequence[Sent]) -> list[str]:
    """Deliver batches to an empty database; return what differs from the oracle."""
    empty(writer.database)
    failed = [n for batch in batches for n in writer.attribute(batch).failed_ids]
    sent = [one for batch in batches for one in batch]
    return [f"failed at {n}" for n in failed] + differences(writer.database, sent)


def both_edges_of_the_window_count(writer: Writer) -> list[str]:
    at = NOON_MS
    click_times = (at - WINDOW_MS - 1, at - WINDOW_MS, at, at + 1)
    return [
        f"click {click_at - at} ms from its checkout, {order}: {wrong}"
        for click_at in click_times
        for order, batches in (
            ("click first", ([make_click(at=click_at)], [make_checkout(at=at)])),
            ("checkout first", ([make_checkout(at=at)], [make_click(at=click_at)])),
        )
        for wrong in result_of(writer, *batches)
    ]


def of_simultaneous_clicks_the_smallest_id_wins(writer: Writer) -> list[str]:
    # Compared byte by byte, capitals precede small letters.
    clicks = [make_click(id=name, sequence=n) for n, name in enumerate(("b", "a", "B"), 1)]
    orders = (clicks, [*clicks[1:], make_click(id="b", sequence=9)])
    return [wrong for order in orders for wrong in result_of(writer, order, [make_checkout()])]


def a_click_that_moves_frees_what_it_was_credited_with(writer: Writer) -> list[str]:
    """An earlier record of the same click, at another time, takes the credit away."""
    later = make_click(at=NOON_MS, ingested=NOON_MS + 100)
    earlier = make_click(at=NOON_MS - 3 * WINDOW_MS, ingested=NOON_MS + 50, sequence=3)
    other = make_click(id="k2", at=NOON_MS + 10, sequence=2)
    checkout = make_checkout(at=NOON_MS + 20)
    return result_of(writer, [later], [checkout], [other], [earlier])


def a_checkout_that_moves_is_attributed_where_it_is_now(writer: Writer) -> list[str]:
    first = make_checkout(at=NOON_MS + 10, ingested=NOON_MS + 100)
    moved = make_checkout(at=NOON_MS + 3 * WINDOW_MS, ingested=NOON_MS + 50, sequence=2)
    return result_of(writer, [make_click()], [first], [moved])


def the_earliest_record_of_an_event_wins(writer: Writer) -> list[str]:
    """Whichever is read first, and by all parts of the rank."""
    base = make_click(campaign="a")
    others = [
        make_click(campaign="b", ingested=base.ingested - 1, sequence=2),
        make_click(campaign="c", ingested=base.ingested, sequence=3),
        make_click(campaign="d", ingested=base.ingested, sequence=1, shard="shardId-000000000001"),
    ]
    pairs = [(base, other) for other in others] + [(other, base) for other in others]
    # In one batch of a shard its records are in order, so the second arrives in another.
    apart = [([one], [other]) for one, other in pairs if one.shard != other.shard]
    apart += [([one], [other]) for one, other in pairs if one.sequence < other.sequence]
    together = [
        [one, other]
        for one, other in pairs
        if one.shard == other.shard and one.sequence < other.sequence
    ]
    return [wrong for batches in apart for wrong in result_of(writer, *batches)] + [
        wrong for batch in together for wrong in result_of(writer, batch)
    ]


def a_user_is_seen_first_in_any_record(writer: Writer) -> list[str]:
    """Also in one that loses against an earlier record of its event."""
    kept = make_click(at=NOON_MS, ingested=NOON_MS + 10, sequence=1)
    lost = make_click(at=NOON_MS - 5, ingested=NOON_MS + 20, sequence=2)
    return [
        *result_of(writer, [kept, lost]),
        *result_of(writer, [kept], [lost]),
    ]


def any_order_gives_the_same_result(writer: Writer) -> list[str]:
    """Any order of shards, cut of batches, redelivery and crash."""
    return [
        f"history {number}: {wrong}"
        for number in range(ATTEMPTS)
        for wrong in History(number, is_shared=number % 2 == 1).result(writer)
    ]


@dataclass(frozen=True)
class Crashing:
    """A function that may be stopped just before and just after a transaction."""

    store: PostgresAttributionStore
    chance: Random

    def checkpoint(self, shard: str) -> str | None:
        return self.store.checkpoint(shard)

    def apply(self, part: ShardPart, within_ms: int) -> Applied:
        fate = self.chance.random()
        if fate < 0.1:
            raise Killed
        applied = self.store.apply(part, within_ms)
        if fate > 0.9:
            raise Killed
        return applied


@dataclass
class History:
    """Random records of a few users, in two shards a stream, and how they are delivered."""

    number: int
    n_records: int = 60
    # Whether clicks and checkouts are in one stream.
    is_shared: bool = False
    shards: dict[tuple[str, str], list[Sent]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.number)
        for sequence in range(1, self.n_records + 1):
            one = self._record(sequence)
            self.shards.setdefault((one.stream, one.shard), []).append(one)

    @property
    def sent(self) -> list[Sent]:
        return [one for records in self.shards.values() for one in records]

    def result(self, writer: Writer) -> list[str]:
        empty(writer.database)
        crashing = Crashing(writer.store, self.chance)
        reached = dict.fromkeys(self.shards, 0)
        while waiting := [s for s, n in reached.items() if n < len(self.shards[s])]:
            shard = self.chance.choice(waiting)
            start, end = self._cut(shard, reached[shard])
            with suppress(Killed):
                writer.attribute(self.shards[shard][start:end], crashing)
                reached[shard] = max(reached[shard], end)
        return differences(writer.database, self.sent)

    def _cut(self, shard: tuple[str, str], reached: int) -> tuple[int, int]:
        """Cut a batch that begins at or below what is known to be delivered."""
        start = self.chance.choice((0, max(0, reached - 5), reached))
        return start, self.chance.randint(start, min(reached + 12, len(self.shards[shard])))

    def _record(self, sequence: int) -> Sent:
        chance = self.chance
        kind = chance.choice(("click", "checkout"))
        make = make_click if kind == "click" else make_checkout
        at = NOON_MS + chance.choice(OFFSETS_MS) + chance.choice((0, 0, WINDOW_MS))
        return make(
            user=chance.choice(("u1", "u2", "U1")),
            id=f"{kind}-{chance.randrange(12)}",
            at=at,
            # A few repeats of one millisecond, so that every part of the rank decides at times.
            ingested=NOON_MS + 4 * WINDOW_MS + chance.randrange(4),
            sequence=sequence,
            stream=EVENTS if self.is_shared else STREAMS[kind],
            shard=f"shardId-00000000000{chance.randrange(2)}",
            **(
                {"campaign": chance.choice(("a", "b", None))}
                if kind == "click"
                else {"amount": chance.randrange(10**6) / 100}
            ),
        )
