"""A question that reads too much is refused with a start from which on it would not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TooMuchRead
from chalicelib.model.code import Code
from chalicelib.model.instant import MINUTE_MS
from chalicelib.query.list_batches import REACH, ListBatches
from chalicelib.query.look_back import look_back
from chalicelib.query.refused import Refused
from chalicelib.query.routes import BATCHES
from chalicelib.query.span import Span
from tests.builders import NOON_MS
from tests.unit.query.builders import make_asked
from tests.unit.query.fakes import FakeLedgerReader
from tests.unit.query.test_list_batches import SHARD, make_row

MOST = 5


def read(times: list[int]) -> Iterator[int]:
    """Read no more than may be read, two at a time."""
    for n, at in enumerate(times):
        if n % 2 == 0 and n + 2 > MOST:
            raise TooMuchRead(MOST)
        yield at


def looked_back(times: list[int], first_ms: int) -> list[int]:
    span = Span(first_ms, NOON_MS)
    newest = [at for at in sorted(times, reverse=True) if first_ms <= at < NOON_MS]
    return list(look_back(read(newest), lambda at: at, span, MINUTE_MS))


@given(st.lists(st.integers(NOON_MS - 60 * MINUTE_MS, NOON_MS - MINUTE_MS - 1), max_size=20))
def test_what_is_said_to_fit_does(times: list[int]) -> None:
    try:
        found = looked_back(times, 0)
    except Refused as refused:
        text = refused.problems[0].message.partition("from=")[2].partition(" ")[0]
        first_ms = make_asked(BATCHES, {"shard_id": SHARD, "from": text}).span(REACH).first_ms
        assert all(at >= first_ms for at in looked_back(times, first_ms))
    else:
        assert len(found) == len(times)


def test_where_no_start_would_help_there_is_none() -> None:
    with pytest.raises(TooMuchRead):
        looked_back([NOON_MS - 1] * 9, 0)


@dataclass
class Bounded(FakeLedgerReader):
    def newest(self, *asked: Any) -> Iterator[Any]:
        yield from islice(super().newest(*asked), 3)
        raise TooMuchRead(3)


def test_batches_of_one_stage_among_many_others_are_refused_with_what_would_fit() -> None:
    ledger = Bounded()
    for minute in range(5):
        ledger.ledger.append(make_row(f"b{minute}", minute, stage="transform"))
    asked = make_asked(BATCHES, {"shard_id": SHARD, "stage": "process"})

    with pytest.raises(Refused) as refused:
        ListBatches(ledger)(asked)

    [problem] = refused.value.problems
    assert (problem.field, problem.code) == ("from", Code.RANGE_TOO_WIDE)
    assert "from=2026-11-20T12:04:00.000Z would fit" in problem.message
