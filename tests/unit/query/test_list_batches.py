from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.code import Code
from chalicelib.model.ledger import LedgerRow
from chalicelib.query.list_batches import REACH, ListBatches
from chalicelib.query.routes import BATCHES
from tests.unit.query.builders import make_asked, pages_of, problems_of
from tests.unit.query.fakes import FakeLedgerReader

SHARD = "eventstream-local-events-shardId-000000000000"


def make_row(batch_id: str = "b1", minute: int = 0, **changes: Any) -> LedgerRow:
    row: dict[str, Any] = {
        "batch_id": batch_id,
        "processed_at": f"2026-11-20T12:0{minute}:00.000Z",
        "shard_id": SHARD,
        "stage": "process",
        "total_records": 3,
        "success_records": 2,
        "failed_records": 1,
        "partitions": ["raw/event_type=click"],
        "keys": ["raw/event_type=click/x.json.gz"],
        "duration_ms": 12,
        "expires_at": 1_800_000_000,
    }
    return LedgerRow(**row | changes)


def written(*rows: LedgerRow) -> FakeLedgerReader:
    reader = FakeLedgerReader()
    for row in rows:
        reader.ledger.append(row)
    return reader


def listed(reader: FakeLedgerReader, **given: object) -> list[Any]:
    asked = make_asked(BATCHES, {"shard_id": SHARD, **given})
    content: Any = ListBatches(reader)(asked).content
    rows: list[Any] = content["batches"]
    return rows


def test_a_row_has_all_that_the_ledger_has() -> None:
    assert listed(written(make_row())) == [
        {
            "batch_id": "b1",
            "shard_id": SHARD,
            "stage": "process",
            "processed_at": "2026-11-20T12:00:00.000Z",
            "total_records": 3,
            "success_records": 2,
            "failed_records": 1,
            "partitions": ["raw/event_type=click"],
            "object_keys": ["raw/event_type=click/x.json.gz"],
            "duration_ms": 12,
        }
    ]


def test_the_shard_has_to_be_named() -> None:
    assert problems_of(lambda: make_asked(BATCHES)) == [("shard_id", Code.MISSING_FIELD)]


def test_the_rows_of_one_stage_can_be_asked_for() -> None:
    reader = written(make_row("a"), make_row("b", stage="transform"), make_row("c", minute=1))

    assert [row["batch_id"] for row in listed(reader)] == ["c", "b", "a"]
    assert [row["batch_id"] for row in listed(reader, stage="transform")] == ["b"]


@given(st.lists(st.integers(0, 2), max_size=8), st.integers(1, 4))
def test_pages_put_together_are_the_whole_even_within_one_instant(
    minutes: list[int], limit: int
) -> None:
    reader = written(*(make_row(f"b{n}", minute) for n, minute in enumerate(minutes)))

    pages = pages_of(ListBatches(reader), BATCHES, {"shard_id": SHARD, "limit": limit})

    shown = [(row["processed_at"], row["batch_id"]) for page in pages for row in page["batches"]]
    rows = sorted(((row.processed_at, row.batch_id) for row in reader.ledger.rows), reverse=True)
    assert shown == rows
    assert all(len(page["batches"]) == limit for page in pages[:-1])


@pytest.mark.parametrize("place", [["x"], [1, "x"]])
def test_a_cursor_whose_place_makes_no_sense_is_refused(place: list[int | str]) -> None:
    asked = make_asked(BATCHES, {"shard_id": SHARD})
    cursor = asked.cursor(asked.span(REACH), place)

    assert problems_of(lambda: listed(written(), cursor=cursor)) == [
        ("cursor", Code.INVALID_CURSOR)
    ]


@dataclass
class ReaderOfPages(FakeLedgerReader):
    """Remembers how many rows each query asked for."""

    asked: list[int] = field(default_factory=list)

    def newest(self, shard_id: str, first: str, last: str, at_once: int) -> Iterator[LedgerRow]:
        self.asked.append(at_once)
        return super().newest(shard_id, first, last, at_once)


def test_rows_of_the_other_stage_are_read_past_many_at_a_time() -> None:
    reader = ReaderOfPages()

    listed(reader, stage="process", limit="1")
    listed(reader, limit="1")

    assert reader.asked == [1_000, 3]
