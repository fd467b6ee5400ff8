"""One hour's rollup by the stage itself, and the floor below it; both read files from disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.disk import Disk
from benchmarks.hours import HOUR
from benchmarks.rollup_once import Summary
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup
from chalicelib.rollup.partials import Partials
from chalicelib.rollup.roll_up_hour import ReadEach, RollUpHour
from chalicelib.wiring.world import in_parallel
from tests.unit.rollup.fakes import (
    FakeAggregates,
    FakeExperimentList,
    FakeHourMarks,
    FakeLiveCounts,
    FakePartialObjects,
)

# The least that can be read, since every figure of a rollup needs one of them.
COLUMNS = (
    *("event_type", "event_id", "user_id", "latency_ms", "amount", "currency", "is_error"),
    *("ingested_at", "kinesis_stream", "kinesis_shard_id", "kinesis_sequence_number"),
)


class OurRollup:
    def __init__(
        self, folder: Path, read_each: ReadEach = in_parallel, partials: Partials | None = None
    ) -> None:
        disk, self.aggregates = Disk(folder), FakeAggregates()
        self.roll_up_hour = RollUpHour(
            marks=FakeHourMarks(),
            files=disk,
            objects=disk,
            live=FakeLiveCounts(),
            aggregates=self.aggregates,
            partials=partials,
            clock=lambda: HOUR.plus(1).start_ms,
            sleep=lambda _seconds: None,
            read_each=read_each,
        )

    def __call__(self) -> Summary:
        self.roll_up_hour({"window_start": HOUR.window_start})
        return _summary(self.aggregates.rows, HOUR)


class RollupWithPartial(OurRollup):
    def __init__(self, folder: Path) -> None:
        partials = Partials(FakeExperimentList(), FakePartialObjects())
        super().__init__(folder, partials=partials)


class ReadOnly:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Summary:
        for path in self.folder.rglob("*.parquet"):
            pq.ParquetFile(path).read(columns=list(COLUMNS))
        return {}


def _summary(rows: Mapping[Hour, Mapping[str, HourlyRollup]], hour: Hour) -> Summary:
    return {name: _plain(rollup) for name, rollup in rows[hour].items()}


def _plain(rollup: HourlyRollup) -> Mapping[str, object]:
    latency = rollup.latency
    return {
        "found": rollup.reconciliation.found,
        "events": rollup.count,
        "users": rollup.unique_users,
        "errors": rollup.errors,
        "latency": latency
        and [
            *(latency.count, latency.total_ns, latency.minimum, latency.maximum),
            *(latency.p50, latency.p90, latency.p95, latency.p99),
        ],
        "amounts": {
            currency: [amount.count, amount.total_micros]
            for currency, amount in rollup.amounts.items()
        },
    }
