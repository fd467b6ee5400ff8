"""Random clicks and checkouts of many users, and the lake files that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import pybase64

from chalicelib.archive.raw_key import RawKey
from chalicelib.archive.record import Record, Shard
from chalicelib.archive.screen_record import accept
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import padded
from chalicelib.transform import Enrichment, TransformRaw
from chalicelib.upkeep.seal_hour import SealHour
from tests.builders import NOON_MS, make_raw_message, make_raw_object
from tests.fakes import FakeLedger, FakeObjects
from tests.unit.postgres.laws import History
from tests.unit.postgres.oracle import Sent
from tests.unit.rollup.fakes import FakeHourMarks


def make_worlds(n_worlds: int) -> list[Sent]:
    """Make random histories of users of their own, full of edges, ties and altered repeats."""
    return [
        replace(one, user=f"{number}-{one.user}", sequence=number * 1_000 + one.sequence)
        for number in range(n_worlds)
        for one in History(number).sent
    ]


class Unmarked:
    def mark(self, hour: Hour) -> None:
        """Nobody rolls up here."""


@dataclass
class Lake:
    """A lake bucket with what the process, transform and sealing stages leave in it."""

    records_an_object: int = 7
    files: FakeObjects = field(default_factory=FakeObjects)
    raw: FakeObjects = field(default_factory=FakeObjects)

    def archive(self, sent: Iterable[Sent]) -> list[RawKey]:
        """Archive records as the process stage does, and transform them."""
        groups: dict[tuple[str, Hour, str], list[Sent]] = {}
        for one in sent:
            name = (one.kind, Hour.of(one.at), f"{one.stream}-{one.shard}")
            groups.setdefault(name, []).append(one)
        keys = [key for name, group in groups.items() for key in self._archive(name, group)]
        self.transform(*keys)
        return keys

    def _archive(self, name: tuple[str, Hour, str], group: list[Sent]) -> Iterable[RawKey]:
        ordered = sorted(group, key=lambda one: one.sequence)
        for start in range(0, len(ordered), self.records_an_object):
            some = ordered[start : start + self.records_an_object]
            key = RawKey(*name, padded(str(some[0].sequence)))
            self.rewrite(key, some)
            yield key

    def rewrite(self, key: RawKey, sent: Sequence[Sent]) -> None:
        lines = [line_of(one).removesuffix(b"\n") for one in sent]
        self.raw.put(str(key), make_raw_object(*lines), {})

    def transform(self, *keys: RawKey) -> None:
        transform = TransformRaw(
            raw=self.raw,
            lake=self.files,
            marker=Unmarked(),
            ledger=FakeLedger(),
            clock=lambda: NOON_MS,
            enrichment=Enrichment(),
        )
        assert not transform([make_raw_message(*keys)]).reasons

    def seal(self, *hours: Hour) -> None:
        for hour in hours:
            sealer = SealHour(
                marks=FakeHourMarks(),
                files=self.files,
                clock=lambda: NOON_MS + 10**9,
                new_stamp=lambda: "test",
            )
            sealer({"window_start": hour.window_start})

    def save(self, folder: Path) -> str:
        """Write every object to a folder; return that of the events table."""
        for name, body in self.files.bodies.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        return f"file://{folder}/events/"


def line_of(sent: Sent, **changes: object) -> bytes:
    payload = orjson.dumps({**sent.body, **changes})
    data = pybase64.b64encode(payload).decode()
    identifier = str(sent.sequence)
    record = Record(padded(identifier), identifier, sent.user, sent.ingested, data)
    return accept(payload, record, Shard(sent.stream, sent.shard)).line
