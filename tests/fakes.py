"""In-memory answers to the ports, which can fail before and after any side effect."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from chalicelib.access.digest import digest_of
from chalicelib.access.ports import ListedKey
from chalicelib.errors import ClaimLost, ObjectMissing, StoreUnavailable, VersionConflict
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.experiment import Experiment
from chalicelib.model.ledger import Claim, Commit, CounterKey, LedgerRow, Position
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

    def apply[T](self, effect: Callable[[], T]) -> T:
        with self.around():
            return effect()

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
    """A bucket; as in S3, an ETag is a digest of the bytes, and the same bytes have the same."""

    faults: Faults = field(default_factory=Faults)
    bodies: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        with self.faults.around():
            self._write(NewObject(key, body, metadata))

    def create_all(self, objects: Sequence[NewObject]) -> Sequence[NewObject]:
        return [new for new in objects if not self.faults.apply(partial(self._create, new))]

    def replace_all(
        self, objects: Sequence[NewObject], etags: Mapping[str, str]
    ) -> Sequence[NewObject]:
        replaces = [partial(self._replace, new, etags.get(new.key)) for new in objects]
        return [
            new
            for new, replace in zip(objects, replaces, strict=True)
            if not self.faults.apply(replace)
        ]

    def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
        starts = tuple(prefixes)
        with self.faults.around():
            return {key: self._etag(key) for key in self.bodies if key.startswith(starts)}

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

    def delete(self, key: str) -> None:
        with self.faults.around():
            self.bodies.pop(key, None)

    def sizes(self, prefix: str) -> Mapping[str, int]:
        return {key: len(self.bodies[key]) for key in self.keys(prefix)}

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        put = self._create if etag is None else partial(self._replace, etag=etag)
        return self.faults.apply(lambda: put(new))

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        deletions = [partial(self._delete, key, etag) for key, etag in etags.items()]
        return [
            key
            for key, delete in zip(etags, deletions, strict=True)
            if not self.faults.apply(delete)
        ]

    def _delete(self, key: str, etag: str) -> bool:
        if key not in self.bodies:
            return True
        if self._etag(key) != etag:
            return False
        del self.bodies[key], self.metadata[key]
        return True

    def _create(self, new: NewObject) -> bool:
        return new.key not in self.bodies and self._write(new)

    def _replace(self, new: NewObject, etag: str | None) -> bool:
        is_unchanged = new.key in self.bodies and self._etag(new.key) == etag
        return is_unchanged and self._write(new)

    def _write(self, new: NewObject) -> bool:
        self.bodies[new.key] = new.body
        self.metadata[new.key] = new.metadata
        self.writes[new.key] += 1
        return True

    def _existing(self, key: str) -> bytes:
        if key not in self.bodies:
            raise ObjectMissing(key)
        return self.bodies[key]

    def _etag(self, key: str) -> str:
        return hashlib.md5(self.bodies[key], usedforsecurity=False).hexdigest()


@dataclass
class FakeLedger:
    """Checkpoints, ledger rows and counters, committed together or not at all."""

    faults: Faults = field(default_factory=Faults)
    positions: dict[str, Position] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    rows: list[LedgerRow] = field(default_factory=list)
    counters: dict[CounterKey, Counter[str]] = field(default_factory=dict)
    expiries: dict[CounterKey, int] = field(default_factory=dict)
    sketches: dict[CounterKey, dict[str, HyperLogLog]] = field(default_factory=dict)

    def claim(self, claim: Claim) -> Position:
        return self.faults.apply(lambda: self._claim(claim))

    def holds(self, claim: Claim) -> bool:
        with self.faults.around():
            return self.claims.get(claim.shard) == claim.id

    def users(self, keys: Sequence[CounterKey]) -> Mapping[CounterKey, Mapping[str, HyperLogLog]]:
        with self.faults.around():
            return {key: dict(self.sketches.get(key, {})) for key in keys}

    def commit(self, commit: Commit) -> None:
        self.faults.apply(lambda: self._commit(commit))

    def _claim(self, claim: Claim) -> Position:
        before = self.positions.get(claim.shard, Position())
        self.claims[claim.shard] = claim.id
        self.positions[claim.shard] = replace(before, reached=max(before.reached, claim.reaches))
        return before

    def _commit(self, commit: Commit) -> None:
        shard, row = commit.claim.shard, commit.row
        before = self.positions.get(shard, Position())
        found = self.claims.get(shard), before.checkpoint
        if found != (commit.claim.id, commit.read_checkpoint):
            raise ClaimLost
        self.positions[shard] = replace(
            before, checkpoint=commit.new_checkpoint, committed_at=row.processed_at
        )
        self.rows.append(row)
        for key, delta in commit.counters.items():
            self.counters.setdefault(key, Counter()).update(delta.adds)
            self.expiries[key] = delta.expires_at
            self.sketches.setdefault(key, {}).update(delta.users)

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
class FakeExperiments:
    """Every version of every experiment, the newest of which is current."""

    faults: Faults = field(default_factory=Faults)
    stored: dict[str, list[Experiment]] = field(default_factory=dict)
    reads: int = 0

    @classmethod
    def of(cls, *experiments: Experiment) -> FakeExperiments:
        fake = cls()
        for one in experiments:
            fake.stored.setdefault(one.experiment_id, []).append(one)
        return fake

    def find(self, experiment_id: str) -> Experiment | None:
        with self.faults.around():
            versions = self.stored.get(experiment_id)
            return versions[-1] if versions else None

    def current(self) -> Sequence[Experiment]:
        self.reads += 1
        with self.faults.around():
            return [versions[-1] for _, versions in sorted(self.stored.items())]

    def versions(self, experiment_id: str) -> Sequence[Experiment]:
        self.reads += 1
        with self.faults.around():
            return [*self.stored.get(experiment_id, ())]

    def save(self, experiment: Experiment, replaces: int | None) -> None:
        with self.faults.around():
            versions = self.stored.setdefault(experiment.experiment_id, [])
            if replaces != (versions[-1].version if versions else None):
                raise VersionConflict
            versions.append(experiment)


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
