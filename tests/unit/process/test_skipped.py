"""What is below the checkpoint is counted, and what can't have been committed stands out."""

from __future__ import annotations

import pytest

from chalicelib.model import instant
from chalicelib.model.ledger import Position, padded
from chalicelib.process.skipped import TOLERANCE_MS, Skipped, skipped
from tests.builders import NOON_MS, make_record

COMMITTED = Position(padded("10"), instant.to_text(NOON_MS), padded("10"))


def records(*numbers: int, arrived_ms: int = NOON_MS - 1) -> list[dict[str, object]]:
    return [make_record(n, arrived_ms=arrived_ms) for n in numbers]


def test_without_a_checkpoint_nothing_is_skipped() -> None:
    assert skipped(Position(), records(1, 2)) == Skipped(0, 0)


def test_above_the_checkpoint_nothing_is_skipped() -> None:
    assert skipped(COMMITTED, records(11, 12)) == Skipped(0, 0)


def test_what_comes_again_is_skipped() -> None:
    assert skipped(COMMITTED, records(9, 10, 11)) == Skipped(2, 0)


@pytest.mark.parametrize(("later_ms", "dropped"), [(TOLERANCE_MS, 0), (TOLERANCE_MS + 1, 2)])
def test_what_arrived_after_the_commit_is_dropped(later_ms: int, dropped: int) -> None:
    found = skipped(COMMITTED, records(1, 2, 11, arrived_ms=NOON_MS + later_ms))

    assert found == Skipped(2, dropped)


def test_a_checkpoint_of_unknown_time_drops_nothing_that_is_known_of() -> None:
    position = Position(padded("10"))

    assert skipped(position, records(1, arrived_ms=NOON_MS + 99_999)) == Skipped(1, 0)
