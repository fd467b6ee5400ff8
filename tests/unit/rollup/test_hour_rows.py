from __future__ import annotations

import pytest

from chalicelib.lake import hour_rows
from tests.builders import NOON
from tests.unit.rollup.builders import Row, at, make_file, make_row


def repeats_in(*rows_by_file: list[Row]) -> list[bool]:
    joined = hour_rows.join(hour_rows.read_file(make_file(rows)) for rows in rows_by_file)
    return [bool(flag) for flag in joined.is_repeat]


def test_events_of_their_own_repeat_nothing() -> None:
    assert repeats_in([make_row(1), make_row(2)], [make_row(3)]) == [False, False, False]


EARLY, LATE = at(NOON.start_ms + 10), at(NOON.start_ms + 20)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            {"ingested_at": EARLY, "kinesis_stream": "b"},
            {"ingested_at": LATE, "kinesis_stream": "a"},
        ),
        (
            {"kinesis_stream": "a", "kinesis_shard_id": "shardId-1"},
            {"kinesis_stream": "b", "kinesis_shard_id": "shardId-0"},
        ),
        (
            {"kinesis_shard_id": "shardId-0", "kinesis_sequence_number": f"{7:056d}"},
            {"kinesis_shard_id": "shardId-1", "kinesis_sequence_number": f"{5:056d}"},
        ),
        (
            {"kinesis_sequence_number": f"{9:056d}"},
            {"kinesis_sequence_number": f"{10**55 + 8:056d}"},
        ),
    ],
    ids=["ingested_at", "stream", "shard", "sequence"],
)
def test_the_earliest_of_a_repeated_event_wins_wherever_it_lies(first: Row, second: Row) -> None:
    earlier, later = make_row(1, **first), make_row(1, **second)

    assert repeats_in([earlier], [later]) == [False, True]
    assert repeats_in([later], [earlier]) == [True, False]
    assert repeats_in([later, earlier]) == [True, False]


def test_an_event_id_is_another_event_with_another_user() -> None:
    assert repeats_in([make_row(1, user_id="a"), make_row(1, user_id="b")]) == [False, False]


def test_a_repeat_is_found_among_ids_of_any_length() -> None:
    long, short = "x" * 64, "x"
    files = [
        [make_row(1, event_id=short)],
        [make_row(2, event_id=long), make_row(3, event_id=short)],
        [make_row(4, event_id="y" * 17), make_row(5, event_id=long)],
    ]

    assert repeats_in(*files) == [False, False, True, False, True]


def test_all_but_one_of_many_repeats_are_marked() -> None:
    assert repeats_in([make_row(n, event_id="same") for n in (3, 1, 2)]) == [True, False, True]


def test_an_hour_without_files_has_no_rows() -> None:
    assert len(hour_rows.join([])) == 0


def test_a_file_without_rows_adds_none() -> None:
    files = [make_file([]), make_file([make_row()])]

    assert len(hour_rows.join(map(hour_rows.read_file, files))) == 1
