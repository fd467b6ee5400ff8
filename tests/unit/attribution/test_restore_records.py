"""Records are stored whatever is among them, and whenever the database is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution import RestoreRecords
from chalicelib.attribution.patience import Patience
from chalicelib.attribution.read_row import Reason
from chalicelib.errors import Contended, RowsRefused, StoreUnavailable
from chalicelib.model.attribution import Applied, Rows
from tests.unit.postgres.world import make_click, record_of

type Check = Callable[[Rows], None]


def nothing(_rows: Rows) -> None:
    pass


@dataclass
class FakeRows:
    """Keeps what it is given, once the check lets it pass."""

    check: Check = nothing
    kept: list[Rows] = field(default_factory=list)

    def restore(self, rows: Rows) -> Applied:
        self.check(rows)
        self.kept.append(rows)
        return Applied(len(rows.clicks), 0)


def records(*numbers: int, shard: str = "s1") -> list[tuple[Shard, Record]]:
    found = []
    for number in numbers:
        kinesis = record_of(make_click(id=f"k{number}", sequence=number))["kinesis"]
        assert isinstance(kinesis, dict)
        record = Record(f"{number:056}", str(number), "u1", 0, kinesis["data"])
        found.append((Shard("clicks", shard), record))
    return found


def patience(waits: list[float], longest_s: float = 60) -> Patience:
    return Patience(longest_s, waits.append, lambda: 1.0)


def test_records_of_any_shards_are_one_transaction() -> None:
    store = FakeRows()
    counts = RestoreRecords(store=store, patience=patience([]))(
        [*records(1), *records(2, shard="s2")]
    )

    [rows] = store.kept
    assert [click.shard_id for click in rows.clicks] == ["s1", "s2"]
    assert counts == {
        "records": 2,
        "clicks": 2,
        "attributed": 2,
        "restated": 0,
        "transactions": 1,
    }


def test_what_the_database_refuses_is_found_and_quarantined() -> None:
    def refuse(rows: Rows) -> None:
        if any(click.click_id == "k3" for click in rows.clicks):
            raise RowsRefused

    store = FakeRows(refuse)
    counts = RestoreRecords(store=store, patience=patience([]))(records(1, 2, 3, 4, 5))

    assert counts["clicks"] == 4
    assert [one.code for rows in store.kept for one in rows.unstorable] == [Reason.REFUSED]


def failing(*failures: Exception) -> Check:
    left = list(failures)

    def fail(_rows: Rows) -> None:
        if left:
            raise left.pop(0)

    return fail


def test_it_waits_longer_and_longer_for_a_database_that_is_away() -> None:
    waits: list[float] = []
    store = FakeRows(failing(StoreUnavailable(), Contended(), StoreUnavailable()))
    counts = RestoreRecords(store=store, patience=patience(waits))(records(1))

    assert waits == [0.2, 0.4, 0.8]
    assert (counts["retries"], counts["clicks"]) == (3, 1)


def test_its_patience_ends() -> None:
    waits: list[float] = []
    store = FakeRows(failing(*[StoreUnavailable() for _ in range(99)]))
    with pytest.raises(StoreUnavailable):
        RestoreRecords(store=store, patience=patience(waits, longest_s=1))(records(1))

    assert sum(waits) <= 1
    assert store.kept == []


def test_no_single_wait_is_long() -> None:
    waits: list[float] = []
    store = FakeRows(failing(*[StoreUnavailable() for _ in range(12)]))
    RestoreRecords(store=store, patience=patience(waits, longest_s=600))(records(1))

    assert max(waits) == 15
