"""The stream triggers: what Lambda hands over, and what it hears back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

import app as triggers
from chalicelib.archive import quarantine_line
from chalicelib.archive.record import Record, Shard
from chalicelib.archive.screen_record import Accepted
from chalicelib.errors import BatchIncomplete
from chalicelib.model.code import Code
from chalicelib.model.marks import Enrich
from chalicelib.process import Limits, ProcessBatch
from chalicelib.wiring import using
from tests.builders import NOON_MS, make_event, make_pipeline, make_record
from tests.fakes import FakeLedger, FakeObjects
from tests.poison import POISON

STREAMS = {
    "process_events": "eventstream-local-events",
    "process_clicks": "eventstream-local-clicks",
    "process_checkouts": "eventstream-local-checkouts",
}


@dataclass(frozen=True)
class Context:
    left_ms: int = 100_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@pytest.fixture
def archive() -> FakeObjects:
    return FakeObjects()


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture(autouse=True)
def process(archive: FakeObjects, ledger: FakeLedger) -> Iterator[ProcessBatch]:
    process = ProcessBatch(
        archive=archive,
        ledger=ledger,
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=20_000,
    )
    with using(make_pipeline(process_batch=process)):
        yield process


def invoke(name: str, records: Sequence[object], context: Context | None = None) -> object:
    return getattr(triggers, name)({"Records": records}, context or Context())


@pytest.mark.parametrize(("name", "stream"), STREAMS.items())
def test_each_stream_is_processed_alike(archive: FakeObjects, name: str, stream: str) -> None:
    answer = invoke(name, [make_record(1, stream=stream), make_record(2, b"?", stream=stream)])

    assert answer == {"batchItemFailures": []}
    assert len(archive.bodies) == 2
    assert all(f"/{stream}-shardId-000000000000-" in key for key in archive.bodies)


@pytest.mark.parametrize("code", POISON, ids=str)
def test_a_poison_record_is_quarantined_and_counted_by_its_reason(
    archive: FakeObjects, ledger: FakeLedger, code: Code
) -> None:
    answer = invoke("process_events", [make_record(1, POISON[code]), make_record(2)])

    assert answer == {"batchItemFailures": []}
    assert quarantined(archive) == [code]
    assert counted_reasons(ledger) == {f"n_{code}": 1}
    assert [row.success_records for row in ledger.rows] == [1]


def test_a_record_on_which_our_own_code_fails_is_quarantined_and_counted(
    archive: FakeObjects, ledger: FakeLedger, process: ProcessBatch
) -> None:
    def broken(payload: bytes, record: Record, shard: Shard, enrich: Enrich | None) -> Accepted:
        raise ZeroDivisionError

    with using(make_pipeline(process_batch=replace(process, accept=broken))):
        answer = invoke("process_events", [make_record(1)])

    assert answer == {"batchItemFailures": []}
    assert quarantined(archive) == [Code.INTERNAL_ERROR]
    assert counted_reasons(ledger) == {"n_internal_error": 1}


def quarantined(archive: FakeObjects) -> list[str]:
    bodies = [
        body for key, body in archive.bodies.items() if key.startswith(quarantine_line.PREFIX)
    ]
    return [
        json.loads(line)["code"] for body in bodies for line in gzip.decompress(body).splitlines()
    ]


def counted_reasons(ledger: FakeLedger) -> dict[str, int]:
    [counts] = [
        n for key, n in ledger.counters.items() if key.partition_key.startswith("quarantined#")
    ]
    return {name: n for name, n in counts.items() if name != "n_records"}


def test_an_unfinished_batch_raises_while_the_mapping_is_not_known_to_listen() -> None:
    with pytest.raises(BatchIncomplete):
        invoke("process_events", [make_record(1, make_event())], Context(left_ms=1_000))


def test_each_mapping_starts_at_the_oldest_record() -> None:
    sources: dict[str, Any] = {source.name: source for source in triggers.app.event_sources}

    assert {sources[name].starting_position for name in STREAMS} == {"TRIM_HORIZON"}
    assert {name: sources[name].stream for name in STREAMS} == STREAMS
