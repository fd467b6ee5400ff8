"""The stream triggers: what Lambda hands over, and what it hears back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import app as triggers
from chalicelib.errors import BatchIncomplete
from chalicelib.process import Limits, ProcessBatch
from chalicelib.wiring import using
from tests.builders import NOON_MS, make_event, make_pipeline, make_record
from tests.fakes import FakeLedger, FakeObjects

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
def archive() -> Iterator[FakeObjects]:
    archive = FakeObjects()
    process = ProcessBatch(
        archive=archive,
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        limits=Limits(),
        reserve_ms=20_000,
    )
    with using(make_pipeline(process_batch=process)):
        yield archive


def invoke(name: str, records: Sequence[object], context: Context | None = None) -> object:
    return getattr(triggers, name)({"Records": records}, context or Context())


@pytest.mark.parametrize(("name", "stream"), STREAMS.items())
def test_each_stream_is_processed_alike(archive: FakeObjects, name: str, stream: str) -> None:
    answer = invoke(name, [make_record(1, stream=stream), make_record(2, b"?", stream=stream)])

    assert answer == {"batchItemFailures": []}
    assert len(archive.bodies) == 2
    assert all(f"/{stream}-shardId-000000000000-" in key for key in archive.bodies)


def test_an_unfinished_batch_raises_while_the_mapping_is_not_known_to_listen(
    archive: FakeObjects,
) -> None:
    with pytest.raises(BatchIncomplete):
        invoke("process_events", [make_record(1, make_event())], Context(left_ms=1_000))


def test_each_mapping_starts_at_the_oldest_record() -> None:
    sources: dict[str, Any] = {source.name: source for source in triggers.app.event_sources}

    assert {sources[name].starting_position for name in STREAMS} == {"TRIM_HORIZON"}
    assert {name: sources[name].stream for name in STREAMS} == STREAMS
