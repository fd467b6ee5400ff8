"""Quarantined and abandoned records are sent again as new records of the same events, once."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson
import pytest

from chalicelib.archive.record import Shard, above
from chalicelib.archive.replayable import ABANDONED, abandoned, quarantined
from chalicelib.archive.screen_record import Quarantined, accept, screen
from chalicelib.delivery.deliver import Deliver
from chalicelib.errors import StoreUnavailable
from chalicelib.model import event as event_model
from chalicelib.replay import Counts, ReplayObject
from tests.builders import SHARD, STREAM, make_event, make_record
from tests.fakes import FakeObjects, FakeStreams

KEY = "quarantine/year=2026/month=11/day=20/hour=12/a.json.gz"


def put_in_quarantine(objects: FakeObjects, *payloads: bytes) -> None:
    """Write one quarantine object with a line for each payload, valid or not."""
    lines = [
        {
            "code": _code(payload),
            "reason": "because",
            "stage": "process",
            "stream": STREAM,
            "shard_id": SHARD,
            "sequence_number": str(number),
            "partition_key": "usr_1",
            "arrived_at": "2026-11-20T12:00:00.000Z",
            "payload": base64.b64encode(payload).decode(),
        }
        for number, payload in enumerate(payloads)
    ]
    objects.put(KEY, gzip.compress(b"".join(map(_line, lines))), {})


def _line(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _code(payload: bytes) -> str:
    try:
        event_model.read(payload)
    except event_model.Rejected as rejected:
        return rejected.problems[0].code
    return "internal_error"


@dataclass
class World:
    objects: FakeObjects = field(default_factory=FakeObjects)
    streams: FakeStreams = field(default_factory=FakeStreams)

    @property
    def replay(self) -> ReplayObject:
        deliver = Deliver(
            streams=self.streams,
            timer=lambda: 0.0,
            sleep=lambda _s: None,
            jitter=lambda: 0.5,
            budget_s=0.0,
            call_limit_s=0.0,
        )
        return ReplayObject(
            store=self.objects,
            read=quarantined,
            deliver=deliver,
            streams_by_type={"click": "clicks"},
            default_stream="events",
        )

    @property
    def stored(self) -> list[dict[str, object]]:
        return [json.loads(r.body) for records in self.streams.records.values() for r in records]


@pytest.fixture
def world() -> World:
    return World()


def run(replay: ReplayObject) -> Counts:
    counts = Counts()
    replay(KEY, counts)
    return counts


def written(**changes: object) -> bytes:
    return json.dumps(make_event(**changes)).encode()


def test_an_event_comes_back_as_it_was_to_the_byte(world: World) -> None:
    put_in_quarantine(world.objects, written())

    run(world.replay)

    [record] = world.streams.records["events"]
    assert record == ("usr_1", written())


def test_an_event_goes_to_the_stream_of_its_type(world: World) -> None:
    put_in_quarantine(world.objects, written(event_type="click", properties={"element": "a"}))

    run(world.replay)

    assert list(world.streams.records) == ["clicks"]


def test_what_is_still_invalid_is_not_sent_and_is_counted_with_its_reason(world: World) -> None:
    put_in_quarantine(world.objects, written(user_id=7), b"\xff", written())

    counts = run(world.replay)

    assert len(world.stored) == 1
    assert counts.invalid == {"wrong_type": 1, "invalid_encoding": 1}
    assert "user_id" in counts.reasons["wrong_type"]


def test_only_the_codes_that_were_asked_for_are_replayed(world: World) -> None:
    put_in_quarantine(world.objects, written(user_id=7), written())

    counts = run(replace(world.replay, codes=frozenset({"internal_error"})))

    assert counts.found == counts.sent == {"internal_error": 1}
    assert not counts.invalid


def test_events_can_be_corrected_before_they_are_judged(world: World) -> None:
    put_in_quarantine(world.objects, written(user_id=7), b"not JSON", written(event_id="ev_2"))

    def fix(payloads: Sequence[bytes]) -> Sequence[bytes]:
        return [one.replace(b'"user_id": 7', b'"user_id": "7"') for one in payloads]

    counts = run(replace(world.replay, fix=fix))

    assert world.stored == [make_event(user_id="7"), make_event(event_id="ev_2")]
    assert counts.invalid == {"invalid_json": 1}


def test_nothing_is_sent_twice_unless_it_is_asked_for(world: World) -> None:
    put_in_quarantine(world.objects, written())
    run(world.replay)

    counts = run(world.replay)

    assert counts.earlier == {"internal_error": 1}
    assert len(world.stored) == 1
    run(replace(world.replay, again=True))
    assert len(world.stored) == 2


def test_a_dry_run_counts_and_sends_nothing(world: World) -> None:
    put_in_quarantine(world.objects, written(), written(user_id=7))

    counts = run(replace(world.replay, dry_run=True))

    assert (counts.valid.total(), counts.invalid.total()) == (1, 1)
    assert (world.stored, list(world.objects.bodies)) == ([], [KEY])


def test_after_a_throttle_a_second_replay_sends_the_rest(world: World) -> None:
    put_in_quarantine(world.objects, *(written(event_id=f"ev_{n}") for n in range(3)))
    world.streams.refuses = lambda record: b"ev_1" in record.body

    with pytest.raises(StoreUnavailable, match="1 records were not stored"):
        run(world.replay)
    world.streams.refuses = lambda _record: False
    run(world.replay)

    assert [one["event_id"] for one in world.stored] == ["ev_0", "ev_2", "ev_1"]


def test_what_process_quarantines_can_be_read() -> None:
    shard = Shard(STREAM, SHARD)
    [record] = above(None, [make_record(5, b"not JSON")])
    outcome = screen(record, shard, accept)
    assert isinstance(outcome, Quarantined)

    [one] = quarantined(gzip.compress(outcome.line))

    assert one.payload == b"not JSON"
    assert one.name.startswith(f"{STREAM}/{SHARD}/")
    assert one.name.endswith("5")


@pytest.mark.parametrize("as_text", [True, False], ids=["the event as text", "the event itself"])
def test_a_batch_that_lambda_abandoned_can_be_read(as_text: bool) -> None:
    event = {"Records": [make_record(8), make_record(9)]}
    written_by_lambda = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "payload": json.dumps(event) if as_text else event,
    }

    records = abandoned(json.dumps(written_by_lambda).encode())

    assert [one.name for one in records] == [f"{STREAM}/{SHARD}/8", f"{STREAM}/{SHARD}/9"]
    assert {one.code for one in records} == {ABANDONED}
    assert json.loads(records[0].payload) == make_event()
