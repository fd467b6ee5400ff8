"""Live counters as processing leaves them behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.process import Limits, ProcessBatch
from tests.builders import NOON_MS, SHARD, make_event, make_record
from tests.fakes import FakeLedger, FakeObjects
from tests.unit.query.fakes import FakeLiveCountReader

type Event = Mapping[str, object]


def counted(*shards: Iterable[Event], arrived_ms: int = NOON_MS) -> FakeLiveCountReader:
    """Process events, each with the changes that it is given, shard by shard."""
    ledger = FakeLedger()
    process = ProcessBatch(
        archive=FakeObjects(),
        ledger=ledger,
        clock=lambda: arrived_ms,
        sleep=lambda _: None,
        jitter=lambda: 0.0,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=0,
    )
    for number, events in enumerate(shards):
        name = f"{SHARD[:-1]}{number}"
        records = [
            make_record(sequence, make_event(**event), shard=name, arrived_ms=arrived_ms)
            for sequence, event in enumerate(events, 1)
        ]
        process(records, lambda: 100_000)
    return FakeLiveCountReader(ledger)
