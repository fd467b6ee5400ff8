"""Wherever any version may have put a record, it is looked for."""

from __future__ import annotations

import pytest

from chalicelib.archive.record import Record, Shard, above
from chalicelib.archive.screen_record import accept, screen
from chalicelib.process import leftovers
from chalicelib.process.chunk import Limits, cut
from chalicelib.process.objects import objects_of
from tests.builders import NOON_MS, SHARD, STREAM, make_event, make_record
from tests.poison import POISON

NAME = f"{STREAM}-{SHARD}"


def record(body: object = None) -> Record:
    [found] = above(None, [make_record(7, body)])  # type: ignore[arg-type]  # bytes or an event
    return found


@pytest.mark.parametrize("body", [make_event(), *POISON.values()], ids=["valid", *POISON])
def test_what_this_version_writes_is_found(body: object) -> None:
    screened = screen(record(body), Shard(STREAM, SHARD), accept)
    [chunk] = cut([screened], Limits())
    [written] = objects_of(chunk, NAME)

    prefixes = leftovers.prefixes([record(body)], NAME)

    assert written.key.startswith(tuple(prefixes))


def test_a_valid_record_may_have_been_quarantined_by_its_hour_of_arrival() -> None:
    assert leftovers.prefixes([record()], NAME) == {
        f"quarantine/year=2026/month=11/day=20/hour=12/{NAME}-",
        f"raw/event_type=page_view/year=2026/month=11/day=20/hour=12/{NAME}-",
    }


@pytest.mark.parametrize(
    "timestamp",
    [NOON_MS + 1, "2026-11-20T12:00:00Z", "2026-11-20T13:00:00+01:00", "2026-11-20T12:30:00.000Z"],
)
def test_an_invalid_record_may_have_been_accepted(timestamp: object) -> None:
    found = leftovers.prefixes([record(make_event(user_id=7, timestamp=timestamp))], NAME)

    assert f"raw/event_type=page_view/year=2026/month=11/day=20/hour=12/{NAME}-" in found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        make_event(event_type=...),
        make_event(event_type=7),
        make_event(event_type="a/b"),
        make_event(event_type="x" * 200),
        make_event(timestamp=...),
        make_event(timestamp=None),
        make_event(timestamp="yesterday"),
        make_event(timestamp=10**18),
        make_event(timestamp=1.5),
    ],
    ids=str,
)
def test_a_record_without_a_type_or_a_time_can_only_be_in_quarantine(body: object) -> None:
    assert len(leftovers.prefixes([record(body)], NAME)) == 1


def test_only_objects_that_start_within_the_chunk_are_meant() -> None:
    keys = [f"raw/{NAME}-{n}.json.gz" for n in range(1, 6)]

    assert leftovers.among(keys, first="3", last="4") == {keys[2], keys[3]}
