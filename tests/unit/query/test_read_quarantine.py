from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.archive.quarantine_line import prefix_of
from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS, MINUTE_MS
from chalicelib.model.scope import Scope
from chalicelib.process import Limits, ProcessBatch
from chalicelib.query.read_quarantine import MAX_OBJECTS, MAX_PAYLOAD_BYTES, ReadQuarantine
from chalicelib.query.routes import QUARANTINE
from tests.builders import NOON, NOON_MS, make_record
from tests.fakes import FakeLedger, FakeObjects
from tests.unit.query.builders import NOW_MS, make_asked, problems_of
from tests.unit.query.fakes import FakeLiveCountReader, FakeQuarantineReader

NOT_JSON = b"{"
NO_USER = b'{"event_type": "click"}'


@dataclass
class World:
    """What processing leaves behind of records that are not valid events."""

    archive: FakeObjects = field(default_factory=FakeObjects)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    n_records: int = 0

    def arrive(self, *payloads: bytes, at_ms: int = NOON_MS, shard: int = 0) -> None:
        """Process records that arrive together, each a millisecond after the one before."""
        records = []
        for place, payload in enumerate(payloads):
            self.n_records += 1
            name = f"shardId-00000000000{shard}"
            arrived_ms = at_ms + place
            records.append(make_record(self.n_records, payload, shard=name, arrived_ms=arrived_ms))
        process = ProcessBatch(
            archive=self.archive,
            ledger=self.ledger,
            clock=lambda: at_ms,
            sleep=lambda _: None,
            jitter=lambda: 0.0,
            entropy=lambda: 0,
            limits=Limits(),
            reserve_ms=0,
        )
        process(records, lambda: 100_000)

    @property
    def reader(self) -> FakeQuarantineReader:
        return FakeQuarantineReader(self.archive)

    @property
    def verb(self) -> ReadQuarantine:
        return ReadQuarantine(counts=FakeLiveCountReader(self.ledger), records=self.reader)

    def read(self, scope: Scope = Scope.READ, **given: object) -> Any:
        asked = {name.rstrip("_"): value for name, value in given.items()}
        return self.verb(make_asked(QUARANTINE, asked, scope=scope)).content


def test_records_are_counted_by_hour_and_code_the_most_frequent_first() -> None:
    world = World()
    world.arrive(NOT_JSON, NO_USER, NO_USER)
    world.arrive(NOT_JSON, shard=1)
    world.arrive(NOT_JSON, at_ms=NOON_MS - HOUR_MS, shard=2)
    world.arrive(NO_USER, shard=1)

    assert world.read()["counts"] == [
        {"hour": "2026-11-20T11:00:00.000Z", "code": "invalid_json", "records": 1},
        {"hour": "2026-11-20T12:00:00.000Z", "code": "missing_field", "records": 3},
        {"hour": "2026-11-20T12:00:00.000Z", "code": "invalid_json", "records": 2},
    ]


def test_a_sample_says_what_is_wrong_and_not_what_was_sent() -> None:
    world = World()
    world.arrive(NOT_JSON)

    [sample] = world.read()["samples"]

    assert sample == {
        "arrived_at": "2026-11-20T12:00:00.000Z",
        "code": "invalid_json",
        "reason": sample["reason"],
        "stage": "process",
        "stream": "eventstream-local-events",
        "shard_id": "shardId-000000000000",
        "sequence_number": "1".zfill(56),
        "payload_bytes": 1,
    }


def test_an_admin_sees_what_was_sent() -> None:
    world = World()
    world.arrive(NOT_JSON)

    [sample] = world.read(Scope.ADMIN)["samples"]

    assert base64.b64decode(sample["payload"]) == NOT_JSON
    assert (sample["partition_key"], sample["payload_truncated"]) == ("usr_1", False)


def test_a_large_payload_is_cut() -> None:
    world = World()
    world.arrive(b"x" * (MAX_PAYLOAD_BYTES + 1))

    [sample] = world.read(Scope.ADMIN)["samples"]

    assert base64.b64decode(sample["payload"]) == b"x" * MAX_PAYLOAD_BYTES
    assert sample["payload_truncated"] is True
    assert sample["payload_bytes"] == MAX_PAYLOAD_BYTES + 1


def test_one_code_can_be_asked_for() -> None:
    world = World()
    world.arrive(NOT_JSON, NO_USER)

    found = world.read(code="missing_field")

    assert [count["code"] for count in found["counts"]] == ["missing_field"]
    assert [sample["code"] for sample in found["samples"]] == ["missing_field"]


@pytest.mark.parametrize("code", ["store_unavailable", "nonsense"])
def test_a_code_that_no_record_can_have_is_refused(code: str) -> None:
    assert problems_of(lambda: make_asked(QUARANTINE, {"code": code})) == [
        ("code", Code.NOT_ALLOWED)
    ]


batches = st.lists(
    st.tuples(st.integers(-90, 9), st.integers(0, 2), st.integers(1, 3)),
    max_size=9,
    unique_by=lambda arrival: arrival[:2],
)


@given(batches, st.integers(1, 8))
def test_samples_are_the_newest_of_all_shards(
    arrivals: Sequence[tuple[int, int, int]], limit: int
) -> None:
    world = World()
    for minute, shard, n_records in sorted(arrivals):
        at_ms = NOON_MS + minute * MINUTE_MS + shard * 10
        world.arrive(*[NOT_JSON] * n_records, at_ms=at_ms, shard=shard)

    samples = world.read(limit=limit)["samples"]

    instants = [
        instant.to_text(NOON_MS + minute * MINUTE_MS + shard * 10 + place)
        for minute, shard, n_records in arrivals
        for place in range(n_records)
    ]
    assert [s["arrived_at"] for s in samples] == sorted(instants, reverse=True)[:limit]


def test_no_more_objects_are_read_than_samples_need() -> None:
    world = World()
    for minute in range(9):
        world.arrive(NOT_JSON, NOT_JSON, at_ms=NOON_MS + minute * MINUTE_MS)
    reader = world.reader

    read = ReadQuarantine(counts=FakeLiveCountReader(world.ledger), records=reader)
    read(make_asked(QUARANTINE, {"limit": 3}))

    assert reader.n_read == 2


def test_reading_is_bounded() -> None:
    world = World()
    for hour in (NOON_MS - HOUR_MS, NOON_MS):
        for second in range(15):
            world.arrive(NOT_JSON, at_ms=hour + second * 1_000)

    assert len(world.read(limit=100)["samples"]) == MAX_OBJECTS


def test_an_object_that_is_gone_is_passed_over() -> None:
    world = World()
    world.arrive(NOT_JSON)
    world.arrive(NOT_JSON, at_ms=NOON_MS + 1_000)
    keys = world.archive.keys(prefix_of(NOON))

    class Racing(FakeQuarantineReader):
        def keys(self, hour: Hour) -> Sequence[str]:
            listed = super().keys(hour)
            self.objects.bodies.pop(keys[-1], None)
            return listed

    read = ReadQuarantine(counts=FakeLiveCountReader(world.ledger), records=Racing(world.archive))
    found: Any = read(make_asked(QUARANTINE)).content

    assert [sample["arrived_at"] for sample in found["samples"]] == ["2026-11-20T12:00:00.000Z"]


def test_hours_to_come_are_not_looked_at() -> None:
    assert World().read(from_="2026-11-20", to="2026-11-27")["counts"] == []


def test_an_answer_must_not_be_kept() -> None:
    assert World().verb(make_asked(QUARANTINE, now_ms=NOW_MS)).max_age_s is None
