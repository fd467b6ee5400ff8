"""A database with writers that may be broken on purpose, and the records that reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import psycopg

from chalicelib.attribution import AttributeBatch
from chalicelib.attribution.ports import AttributionStore
from chalicelib.model.attribution import Checkout, Click, ShardPart
from chalicelib.model.batch_report import BatchReport
from chalicelib.postgres import statements
from chalicelib.postgres.attribution_store import PostgresAttributionStore
from chalicelib.postgres.conninfo import Conninfo
from tests.builders import NOON_MS, make_record
from tests.postgres import Database
from tests.unit.postgres.oracle import Sent, Tables

FOREVER_MS = 900_000
EVENTS = "eventstream-local-events"
CLICKS = "eventstream-local-clicks"
CHECKOUTS = "eventstream-local-checkouts"
STREAMS = {"click": CLICKS, "checkout": CHECKOUTS}
SHARD = "shardId-000000000000"

_AT = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
QUERIES = {
    "users": ("user_id", _AT.format("first_seen_at")),
    "raw_clicks": (
        "user_id, click_id",
        _AT.format("clicked_at"),
        _AT.format("ingested_at"),
        "stream, shard_id, sequence, campaign",
    ),
    "raw_checkouts": (
        "user_id, checkout_id",
        _AT.format("checked_out_at"),
        _AT.format("ingested_at"),
        "stream, shard_id, sequence, amount::text",
    ),
    "attributed_checkouts": (
        "user_id, checkout_id",
        _AT.format("checked_out_at"),
        "click_id",
        _AT.format("clicked_at"),
    ),
}


def make_click(**changes: Any) -> Sent:
    click = Sent("click", "u1", "k1", NOON_MS, NOON_MS + 100, CLICKS, SHARD, 1)
    return replace(click, **changes)


def make_checkout(**changes: Any) -> Sent:
    checkout = Sent("checkout", "u1", "o1", NOON_MS, NOON_MS + 100, CHECKOUTS, SHARD, 1)
    return replace(checkout, **changes)


def record_of(sent: Sent) -> dict[str, object]:
    return make_record(
        sent.sequence, sent.body, stream=sent.stream, shard=sent.shard, arrived_ms=sent.ingested
    )


def part_of(*sent: Sent, read: int | None = None) -> ShardPart:
    """The part of a shard whose checkpoint was read as this."""
    last = sent[-1]
    rows = [_row(one) for one in sent]
    return ShardPart(
        shard=f"{last.stream}-{last.shard}",
        read_checkpoint=None if read is None else str(read).zfill(56),
        last_sequence=str(last.sequence).zfill(56),
        arrived_at="2026-11-20T12:00:00.000Z",
        clicks=[row for row in rows if isinstance(row, Click)],
        checkouts=[row for row in rows if isinstance(row, Checkout)],
    )


def _row(sent: Sent) -> Click | Checkout:
    user, event_id, at, ingested, stream, shard, sequence, own = map(_text, sent.row)
    head = (user or "", event_id or "", at or "", ingested or "", stream or "", shard or "")
    if sent.kind == "click":
        return Click(*head, sequence or "", "web", own, None)
    return Checkout(*head, sequence or "", "web", own, None)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def stored(database: Database) -> Tables:
    return {
        table: sorted(database.rows(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)  # noqa: S608
        for table, columns in QUERIES.items()
    }


@dataclass(frozen=True)
class Version:
    """The code as it is, or with other text in its statements."""

    replaces: Mapping[str, str] = field(default_factory=dict)
    pins_isolation: bool = True

    def __post_init__(self) -> None:
        written = [text for text in vars(statements).values() if isinstance(text, str)]
        # A mutant that changes nothing would prove nothing.
        assert all(any(part in text for text in written) for part in self.replaces)

    def of(self, query: str) -> str:
        for old, new in self.replaces.items():
            query = query.replace(old, new)
        return query


type Hook = Callable[[str, str], None]


def _nothing(_moment: str, _query: str) -> None:
    pass


def connect_with(version: Version, hook: Hook = _nothing) -> Callable[..., psycopg.Connection]:
    """Return a `connect` whose statements are the version's, and announced to a hook."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            if not isinstance(query, str):
                return super().execute(query, *args, **options)
            hook("before", query)
            done = super().execute(version.of(query).encode(), *args, **options)
            hook("after", query)
            return done

    class Connection(psycopg.Connection[Any]):
        def _set_isolation_level(self, value: Any) -> None:
            if version.pins_isolation:
                super()._set_isolation_level(value)

    return lambda *args, **options: Connection.connect(*args, cursor_factory=Cursor, **options)


@dataclass
class Writer:
    """One container: a connection of its own, and the verb."""

    database: Database
    version: Version = field(default_factory=Version)
    hook: Hook = _nothing
    sleep: Callable[[float], None] = lambda _seconds: None
    max_records: int = 10_000

    @cached_property
    def store(self) -> PostgresAttributionStore:
        store = PostgresAttributionStore.open(lambda: Conninfo.of_url(self.database.url))
        store.link.connect = connect_with(self.version, self.hook)
        return store

    def attribute(
        self, sent: Sequence[Sent], store: AttributionStore | None = None
    ) -> BatchReport:
        return self.attribute_records([record_of(one) for one in sent], store)

    def attribute_records(
        self, records: Sequence[dict[str, object]], store: AttributionStore | None = None
    ) -> BatchReport:
        verb = AttributeBatch(
            store=store or self.store,
            clock=lambda: NOON_MS,
            sleep=self.sleep,
            jitter=lambda: 0.5,
            reserve_ms=0,
            max_records=self.max_records,
        )
        return verb(records, lambda: FOREVER_MS)

    def close(self) -> None:
        self.store.link.close()


def empty(database: Database) -> None:
    """Delete all rows, which takes less time than TRUNCATE as long as there are few."""
    tables = (*QUERIES, "shard_checkpoints", "quarantined_records")
    database.run("; ".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608
