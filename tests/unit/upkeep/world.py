"""An hour of the lake with everything that writes and reads it at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from chalicelib.archive.raw_key import RawKey
from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.lake import keys
from chalicelib.lake.keys import LakeKey
from chalicelib.model.ledger import padded
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup
from chalicelib.rollup.roll_up_hour import RollUpHour
from chalicelib.upkeep.seal_hour import SealHour
from tests.builders import NOON, make_raw_key
from tests.fakes import FakeObjects, Faults, Killed
from tests.unit.rollup.builders import make_file, make_row
from tests.unit.rollup.fakes import FakeAggregates, FakeHourMarks, FakeLiveCounts
from tests.unit.transform.interleaving import pause

PAYLOAD = {"window_start": NOON.window_start}
# Names on either side of the sealed file's, as a listing has them.
RAW_KEYS = (
    *(make_raw_key("page_view", NOON, n) for n in (1, 2)),
    make_raw_key("transaction", NOON, 3),
)

type Lines = tuple[str, ...]


class Version(NamedTuple):
    """A raw object's events, and the transform's code that reads them."""

    lines: Lines
    code: int


class Row(NamedTuple):
    event_id: str
    code: str


@dataclass(frozen=True)
class Through:
    """Any port, each of whose calls may fail, die or take effect late."""

    port: object
    faults: Faults

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self.port, name)
        return lambda *arguments: self.faults.apply(lambda: method(*arguments))


@dataclass
class World:
    """`queue` are the messages of raw objects that wait to be transformed."""

    faults: Faults = field(default_factory=Faults)
    lake: FakeObjects = field(default_factory=FakeObjects)
    sealer: type[SealHour] = SealHour
    roller: type[RollUpHour] = RollUpHour
    marks: FakeHourMarks = field(default_factory=FakeHourMarks)
    aggregates: FakeAggregates = field(default_factory=FakeAggregates)
    raw: dict[RawKey, Version] = field(default_factory=dict)
    queue: list[RawKey] = field(default_factory=list)
    # What a reader may find of a raw object besides its present lines, until it is sealed.
    rewritten: set[RawKey] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lake.faults = self.faults
        self.stamps = count()
        self.clock = count(NOON.plus(24).start_ms)

    def seal(self) -> None:
        self.sealer(
            marks=Through(self.marks, self.faults),  # type: ignore[arg-type]  # whatever it wraps
            files=self.lake,
            clock=lambda: next(self.clock),
            new_stamp=lambda: str(next(self.stamps)),
        )(PAYLOAD)

    def roll_up(self) -> None:
        """Roll up; what it finds must be what was there between its beginning and its end."""
        before = self.least()
        result = self.roller(
            marks=Through(self.marks, self.faults),  # type: ignore[arg-type]  # whatever it wraps
            files=self.lake,
            objects=self.lake,
            live=FakeLiveCounts(),
            aggregates=self.aggregates,
            clock=lambda: next(self.clock),
            sleep=lambda _seconds: None,
        )(PAYLOAD)
        if result.status == "rolled":
            if result.records != result.events:
                self.wrong.append(f"a rollup found {result.records - result.events} rows twice")
            if not self.rewritten and not len(before) <= result.events <= len(self.most()):
                self.wrong.append(f"a rollup found {result.events} of {len(before)} events")

    def archive(self, key: RawKey, lines: Lines) -> None:
        """Write a raw object or overwrite it, perhaps with nothing."""
        before = self.raw.get(key)
        if before and before.lines != lines:
            self.rewritten.add(key)
        self.raw[key] = Version(lines, before.code if before else 0)
        self.queue.append(key)

    def rebuild(self, key: RawKey) -> None:
        """Announce a raw object to a newer transform."""
        self.raw[key] = self.raw[key]._replace(code=self.raw[key].code + 1)
        self.queue.append(key)

    def transform(self) -> None:
        """Take a message; write, look whether that is still right, mark. Else it comes again."""
        if not self.queue:
            return
        key = self.queue.pop(0)
        try:
            self._transform(key)
        except (StoreUnavailable, Killed):
            self.queue.append(key)
            raise

    def _transform(self, key: RawKey) -> None:
        written = None
        while written is not self.raw[key]:
            written = self.raw[key]
            body = small_file(key, written, str(next(self.stamps)))
            self.lake.put(str(LakeKey.of(key)), body, {})
            pause()
        with self.faults.around():
            self.marks.mark(NOON)

    def read(self) -> None:
        """List, then read file by file, as Athena does; a file that is gone fails a query."""
        before = self.least()
        try:
            found = [row for key in self.lake.keys(keys.PREFIX) for row in self._got(key)]
        except ObjectMissing:
            return
        self._judge("a query", {row.event_id for row in found}, before, self.most())

    def look(self) -> None:
        """Judge what a query that takes no time would find."""
        self._judge("a look", set(self.events()), self.least(), self.most())

    def _got(self, key: str) -> list[Row]:
        return rows_of(self.lake.get(key).body)

    def _judge(self, who: str, found: set[str], least: set[str], most: set[str]) -> None:
        # Of what may have been overwritten meanwhile, nothing is certain.
        if missed := (least & self.least()) - found:
            self.wrong.append(f"{who} missed {sorted(missed)}")
        if not self.rewritten and not found <= most:
            self.wrong.append(f"{who} found {sorted(found - most)} besides")

    def events(self) -> Counter[str]:
        return Counter(row.event_id for row in self.rows())

    def rows(self) -> Iterator[Row]:
        for body in self.lake.bodies.values():
            yield from rows_of(body)

    def least(self) -> set[str]:
        """The events that are in the lake for certain: of objects written and never changed."""
        written = {key for key in self.raw if self.lake.writes[str(LakeKey.of(key))]}
        return {line for key in written - self.rewritten for line in self.raw[key].lines}

    def most(self) -> set[str]:
        return {line for version in self.raw.values() for line in version.lines}

    @property
    def small_files(self) -> list[str]:
        return [key for key in self.lake.bodies if keys.is_small(key)]

    @property
    def is_due(self) -> bool:
        mark = self.marks.read(NOON)
        return mark.is_due or mark.is_unsealed

    def settle(self) -> None:
        """Deliver what waits, then do what the state machine does until nothing is due."""
        while self.queue:
            self.transform()
        while self.is_due:
            if self.marks.read(NOON).is_due:
                self.roll_up()
            self.seal()

    def complaints_at_rest(self) -> Iterator[str]:
        """Say what is wrong once all is settled."""
        expected = Counter(
            Row(line, str(version.code)) for version in self.raw.values() for line in version.lines
        )
        found = Counter(self.rows())
        if found != expected:
            yield f"lost {expected - found}, twice or stale {found - expected}"
        if self.small_files:
            yield f"not sealed: {self.small_files}"
        rolled = self.rollups().get(ALL_TYPES)
        if rolled and rolled.count != expected.total():
            yield f"rolled up {rolled.count} of {expected.total()}"

    def rollups(self) -> Mapping[str, HourlyRollup]:
        return self.aggregates.rows.get(NOON, {})


def small_file(key: RawKey, version: Version, stamp: str) -> bytes:
    rows = [
        make_row(
            n,
            event_id=line,
            event_type=key.event_type,
            kinesis_sequence_number=padded(str(n)),
            processing_version=str(version.code),
        )
        for n, line in enumerate(version.lines)
    ]
    return make_file(rows, stamp)


@lru_cache(maxsize=256)
def rows_of(body: bytes) -> list[Row]:
    columns = ["event_id", "processing_version"]
    table = pq.read_table(pa.BufferReader(body), columns=columns, use_threads=False)
    return list(map(Row, *table.to_pydict().values()))
