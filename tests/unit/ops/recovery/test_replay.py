"""What was set aside comes back as new records of the same events, once."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field, replace

import orjson
import pytest

from chalicelib.archive.judge_record import Quarantined, accept, judge
from chalicelib.archive.record import Shard, above
from chalicelib.delivery.deliver import Deliver
from chalicelib.model import event
from ops.kit.errors import OperationFailed
from ops.replay.kept import GIVEN_UP, given_up, quarantined
from ops.replay.mend import mending_by
from ops.replay.replay import Replay, Tally
from tests.builders import SHARD, STREAM, make_event, make_record
from tests.fakes import FakeObjects, FakeStreams

KEY = "quarantine/year=2026/month=11/day=20/hour=12/a.json.gz"


def put_aside(objects: FakeObjects, *payloads: bytes) -> None:
    """The quarantine's object, with a line of each payload whatever is in it."""
    lines = [
        {
            "code": _code(payload),
            "reason": "because",
            "stream": STREAM,
            "shard_id": SHARD,
            "sequence_number": str(number),
            "payload": base64.b64encode(payload).decode(),
        }
        for number, payload in enumerate(payloads)
    ]
    objects.put(KEY, gzip.compress(b"".join(map(_line, lines))), {})


def _line(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _code(payload: bytes) -> str:
    try:
        event.read(payload)
    except event.Rejected as rejected:
        return rejected.problems[0].code
    return "internal_error"


@dataclass
class World:
    objects: FakeObjects = field(default_factory=FakeObjects)
    streams: FakeStreams = field(default_factory=FakeStreams)

    @property
    def replay(self) -> Replay:
        deliver = Deliver(
            streams=self.streams,
            timer=lambda: 0.0,
            sleep=lambda _s: None,
            jitter=lambda: 0.5,
            budget_s=0.0,
            call_limit_s=0.0,
        )
        return Replay(
            objects=self.objects,
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


def run(replay: Replay) -> Tally:
    tally = Tally()
    replay(KEY, tally)
    return tally


def written(**changes: object) -> bytes:
    return json.dumps(make_event(**changes)).encode()


def test_an_event_comes_back_as_it_was_to_the_byte(world: World) -> None:
    put_aside(world.objects, written())

    run(world.replay)

    [record] = world.streams.records["events"]
    assert record == ("usr_1", written())


def test_an_event_goes_to_the_stream_of_its_type(world: World) -> None:
    put_aside(world.objects, written(event_type="click", properties={"element": "a"}))

    run(world.replay)

    assert list(world.streams.records) == ["clicks"]


def test_what_is_still_invalid_is_not_sent_and_is_told_with_its_reason(world: World) -> None:
    put_aside(world.objects, written(user_id=7), b"\xff", written())

    tally = run(world.replay)

    assert len(world.stored) == 1
    assert tally.invalid == {"wrong_type": 1, "invalid_encoding": 1}
    assert "user_id" in tally.reasons["wrong_type"]


def test_only_the_codes_that_were_asked_for_are_replayed(world: World) -> None:
    put_aside(world.objects, written(user_id=7), written())

    tally = run(replace(world.replay, codes=frozenset({"internal_error"})))

    assert tally.found == tally.sent == {"internal_error": 1}
    assert not tally.invalid


def test_a_command_can_mend_events_before(world: World) -> None:
    put_aside(world.objects, written(user_id=7), b"not JSON", written(event_id="ev_2"))
    mend = mending_by('sed \'s/"user_id": 7/"user_id": "7"/\'')

    tally = run(replace(world.replay, mend=mend))

    assert world.stored == [make_event(user_id="7"), make_event(event_id="ev_2")]
    assert tally.invalid == {"invalid_json": 1}


@pytest.mark.parametrize("command", ["exit 3", "head -n 1"], ids=["it fails", "it loses events"])
def test_a_command_that_does_not_answer_for_each_event_stops_the_replay(
    world: World, command: str
) -> None:
    put_aside(world.objects, written(), written(event_id="ev_2"))

    with pytest.raises(OperationFailed, match=command):
        run(replace(world.replay, mend=mending_by(command)))
    assert world.stored == []


def test_nothing_is_sent_twice_unless_it_is_asked_for(world: World) -> None:
    put_aside(world.objects, written())
    run(world.replay)

    tally = run(world.replay)

    assert tally.earlier == {"internal_error": 1}
    assert len(world.stored) == 1
    run(replace(world.replay, again=True))
    assert len(world.stored) == 2


def test_a_dry_run_counts_and_sends_nothing(world: World) -> None:
    put_aside(world.objects, written(), written(user_id=7))

    tally = run(replace(world.replay, dry_run=True))

    assert (tally.valid.total(), tally.invalid.total()) == (1, 1)
    assert (world.stored, list(world.objects.bodies)) == ([], [KEY])


def test_after_a_throttle_the_same_command_goes_on_with_the_rest(world: World) -> None:
    put_aside(world.objects, *(written(event_id=f"ev_{n}") for n in range(3)))
    world.streams.refuses = lambda record: b"ev_1" in record.body

    with pytest.raises(OperationFailed, match="1 records were not stored"):
        run(world.replay)
    world.streams.refuses = lambda _record: False
    run(world.replay)

    assert [one["event_id"] for one in world.stored] == ["ev_0", "ev_2", "ev_1"]


def test_what_process_sets_aside_can_be_read() -> None:
    shard = Shard(STREAM, SHARD)
    [record] = above(None, [make_record(5, b"not JSON")])
    outcome = judge(record, shard, accept)
    assert isinstance(outcome, Quarantined)

    [kept] = quarantined(gzip.compress(outcome.line))

    assert kept.payload == b"not JSON"
    assert kept.name.startswith(f"{STREAM}/{SHARD}/")
    assert kept.name.endswith("5")


@pytest.mark.parametrize("as_text", [True, False], ids=["the event as text", "the event itself"])
def test_a_batch_that_lambda_gave_up_on_can_be_read(as_text: bool) -> None:
    records = {"Records": [make_record(8), make_record(9)]}
    written_by_lambda = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "payload": json.dumps(records) if as_text else records,
    }

    kept = given_up(json.dumps(written_by_lambda).encode())

    assert [one.name for one in kept] == [f"{STREAM}/{SHARD}/8", f"{STREAM}/{SHARD}/9"]
    assert {one.code for one in kept} == {GIVEN_UP}
    assert json.loads(kept[0].payload) == make_event()
