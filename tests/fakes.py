"""In-memory answers to the ports, which can fail before and after any side effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.access.digest import digest_of
from chalicelib.access.ports import ListedKey
from chalicelib.errors import CheckpointMoved, ObjectMissing, StoreUnavailable
from chalicelib.model.ledger import Commit, CounterKey, LedgerRow
from chalicelib.model.scope import Scope
from chalicelib.model.stored import NewObject, StoredObject, StreamRecord

type Fate = Literal["works", "fails_before", "fails_after", "dies_before", "dies_after"]
FATES: tuple[Fate, ...] = ("works", "fails_before", "fails_after", "dies_before", "dies_after")


class Killed(BaseException):
    """The function is gone, as when Lambda's time is up: no code of ours can catch it."""


def script_of(fates: Sequence[Fate]) -> Callable[[], Fate]:
    """Return the fates one by one; after the last one everything works."""
    left = iter(fates)
    return lambda: next(left, "works")


@dataclass
class Faults:
    """Decides, effect by effect, what happens; by default everything works."""

    next_fate: Callable[[], Fate] = lambda: "works"

    @contextmanager
    def around(self) -> Iterator[None]:
        fate = self.next_fate()
        self._strike(fate, "before")
        yield
        self._strike(fate, "after")

    def _strike(self, fate: Fate, moment: str) -> None:
        if fate == f"fails_{moment}":
            raise StoreUnavailable(fate)
        if fate == f"dies_{moment}":
            raise Killed(fate)


@dataclass
class FakeObjects:
    """A bucket; an ETag counts the writes, so that it changes even when the bytes do not."""

    faults: Faults = field(default_factory=Faults)
    bodies: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        with self.faults.around():
            self.bodies[key] = body
            self.metadata[key] = metadata
            self.writes[key] += 1

    def put_all(self, objects: Sequence[NewObject]) -> None:
        for new in objects:
            self.put(*new)

    def get(self, key: str) -> StoredObject:
        with self.faults.around():
            return StoredObject(self._existing(key), self._etag(key))

    def etag(self, key: str) -> str:
        with self.faults.around():
            self._existing(key)
            return self._etag(key)

    def keys(self, prefix: str) -> Sequence[str]:
        with self.faults.around():
            return sorted(key for key in self.bodies if key.startswith(prefix))

    def _existing(self, key: str) -> bytes:
        if key not in self.bodies:
            raise ObjectMissing(key)
        return self.bodies[key]

    def _etag(self, key: str) -> str:
        return f"{key}#{self.writes[key]}"


@dataclass
class FakeLedger:
    """Checkpoints, ledger rows and counters, committed together or not at all."""

    faults: Faults = field(default_factory=Faults)
    checkpoints: dict[str, str] = field(default_factory=dict)
    rows: list[LedgerRow] = field(default_factory=list)
    counters: dict[CounterKey, Counter[str]] = field(default_factory=dict)
    expiries: dict[CounterKey, int] = field(default_factory=dict)

    def checkpoint(self, shard: str) -> str | None:
        with self.faults.around():
            return self.checkpoints.get(shard)

    def commit(self, commit: Commit) -> None:
        with self.faults.around():
            if self.checkpoints.get(commit.shard) != commit.read_checkpoint:
                raise CheckpointMoved
            self.checkpoints[commit.shard] = commit.new_checkpoint
            self.rows.append(commit.row)
            for key, delta in commit.counters.items():
                self.counters.setdefault(key, Counter()).update(delta.adds)
                self.expiries[key] = delta.expires_at

    def append(self, row: LedgerRow) -> None:
        with self.faults.around():
            self.rows.append(row)


@dataclass
class FakeStreams:
    """Streams by name; `refuses` says which records are turned away, as by a throttle."""

    faults: Faults = field(default_factory=Faults)
    refuses: Callable[[StreamRecord], bool] = lambda _record: False
    records: dict[str, list[StreamRecord]] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)

    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        self.calls.append((stream, len(records)))
        with self.faults.around():
            refused = [place for place, record in enumerate(records) if self.refuses(record)]
            stored = [record for place, record in enumerate(records) if place not in refused]
            self.records.setdefault(stream, []).extend(stored)
            return refused


@dataclass
class FakeKeys:
    """The keys in use, by their values."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    reads: int = 0

    def listed(self) -> Sequence[ListedKey]:
        self.reads += 1
        with self.faults.around():
            return [ListedKey(digest_of(key), scope) for key, scope in self.scopes.items()]
