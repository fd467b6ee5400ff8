"""How a month's events flow through the stages: batches, chunks, objects, counters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from chalicelib.process.chunk import Limits
from chalicelib.process.counters import MAX_ITEMS
from ops.cost import measured
from ops.cost.deployed import Deployment
from ops.cost.workload import HOURS, SECONDS, Stream, Workload

# Lambda's limit for an invocation; records are base64.
MAX_BATCH_BYTES = 6_000_000


def cells_met(n: float, cells: float) -> float:
    """Return the mean number of equally frequent cells that n events fall into.

    >>> cells_met(1, 10), round(cells_met(10, 10), 2), cells_met(1e6, 10)
    (1.0, 6.51, 10.0)
    """
    if cells <= 1 or n <= 1:
        return float(min(n, cells, 1))
    return min(n, cells * -math.expm1(n * math.log1p(-1 / cells)))


@dataclass(frozen=True)
class Shards:
    """The shards of one stream. Counts are means, which need not be whole numbers."""

    stream: Stream
    event_bytes: int
    deployment: Deployment

    @property
    def rate(self) -> float:
        """Events per second and shard."""
        return self.stream.events / SECONDS / self.stream.shards

    @cached_property
    def batch(self) -> float:
        """Events per batch: the first one, and those that arrive while the window is open."""
        fitting = MAX_BATCH_BYTES / (self.event_bytes * 4 / 3 + measured.RECORD_BYTES)
        return min(self.deployment.batch_size, fitting, 1 + self.deployment.window_s * self.rate)

    @property
    def batches(self) -> float:
        return self.stream.events / self.batch

    @cached_property
    def chunk(self) -> float:
        """Events per chunk: a batch, unless its counters or objects exceed a limit."""
        line_bytes = self.event_bytes + measured.LINE_BYTES
        by_bytes = Limits().max_bytes / line_bytes * max(1, self.stream.types)
        return min(self.batch, by_bytes, self._by_counters())

    @property
    def chunks(self) -> float:
        return self.stream.events / self.chunk

    @property
    def objects_a_chunk(self) -> float:
        """A raw object is one type's; nearly always one hour's, too."""
        return cells_met(self.chunk, self.stream.types)

    @property
    def minutes_a_chunk(self) -> float:
        """Minute counters: one for each type and minute that a batch spans."""
        return cells_met(self.chunk, self.stream.types * self._minutes)

    @property
    def hour_counters(self) -> float:
        """Items of one hour."""
        return self.stream.shards * cells_met(self.rate * 3_600, self.stream.types)

    @property
    def objects(self) -> float:
        return self.chunks * self.objects_a_chunk

    @property
    def _minutes(self) -> float:
        """A batch that fills up before its window closes spans less than the window."""
        fills_s = self.batch / self.rate if self.rate else math.inf
        return 1 + min(self.deployment.window_s, fills_s) / 60

    def _counters(self, n: float) -> float:
        types = self.stream.types
        return cells_met(n, types) + cells_met(n, types * self._minutes)

    def _by_counters(self) -> float:
        low, high = 1.0, self.batch
        if self._counters(high) <= MAX_ITEMS:
            return high
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self._counters(middle) <= MAX_ITEMS else (low, middle)
        return low


@dataclass(frozen=True)
class Flow:
    """A whole month; counts are per month unless their name says otherwise."""

    workload: Workload
    deployment: Deployment

    @cached_property
    def streams(self) -> list[Shards]:
        size = self.workload.event_bytes
        return [Shards(stream, size, self.deployment) for stream in self.workload.streams]

    @property
    def shards(self) -> int:
        return sum(one.stream.shards for one in self.streams)

    @cached_property
    def batches(self) -> float:
        return sum(one.batches for one in self.streams)

    @cached_property
    def chunks(self) -> float:
        return sum(one.chunks for one in self.streams)

    @cached_property
    def objects(self) -> float:
        """Raw objects, and as many lake files."""
        return sum(one.objects for one in self.streams)

    @property
    def transforms(self) -> float:
        return self.objects / self.messages_a_batch

    @property
    def marks(self) -> float:
        """An invocation of transform marks each hour once, and nearly always has one."""
        return self.transforms

    @property
    def messages_a_batch(self) -> float:
        """Without a window a waiting poller takes the first message; else those of one chunk."""
        made = self.deployment
        if not (made.queue_window_s and self.chunks):
            return 1
        return max(1, min(made.queue_batch_size, self.objects / self.chunks))

    @property
    def streams_a_request(self) -> float:
        """The mean number of streams, each with a PutRecords, that a request's events go to."""
        n, events = self.workload.events_per_request, self.workload.events
        if not events:
            return 0
        shares = (one.stream.events / events for one in self.streams)
        return sum(1 - (1 - share) ** n for share in shares)

    @property
    def hours_rolled(self) -> float:
        return HOURS * (measured.HOURS_A_RUN if self.workload.events else 1)

    @property
    def rollups_an_event(self) -> float:
        return self.hours_rolled / HOURS

    @property
    def types_an_hour(self) -> float:
        return cells_met(self.workload.events / HOURS, self.workload.types)

    @property
    def hour_counters(self) -> float:
        """Counter items of one hour."""
        return sum(one.hour_counters for one in self.streams)

    @property
    def raw_bytes(self) -> float:
        body = self.workload.events * self.workload.event_bytes * measured.RAW_SHARE
        return body + self.objects * measured.RAW_OBJECT_BYTES

    @property
    def lake_objects(self) -> float:
        """Sealed hours that have events."""
        return cells_met(self.workload.events, HOURS)

    @property
    def lake_bytes(self) -> float:
        """Sealed hours."""
        body = self.workload.events * self.workload.event_bytes * measured.LAKE_SHARE
        return body + HOURS * self.types_an_hour * measured.LAKE_GROUP_BYTES
