"""Random schedules of overlapping attempts, failures, late effects and new versions.

    .venv/bin/python -m tests.unit.process.schedules 10000

runs as many and prints the numbers of those that broke the law, which is done again by number.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from chalicelib.archive.record import Record, Shard
from chalicelib.archive.screen_record import Accepted, accept
from chalicelib.errors import PipelineError, StoreUnavailable
from chalicelib.model import instant
from chalicelib.model.about_users import place_of
from chalicelib.model.code import Code, Problem
from chalicelib.model.event import Rejected
from chalicelib.model.marks import UNKNOWN, Counted, Enrich, Marked, Marks
from chalicelib.process import Limits
from chalicelib.process.process_batch import EnrichBatch
from tests.builders import NOON_MS, make_event, make_record
from tests.fakes import FATES, Faults, Killed
from tests.unit.process.world import (
    POISON,
    Body,
    Version,
    World,
    archived,
    archived_by_variant,
    archived_users,
    counted,
    counted_by_variant,
    expected_counts,
    expected_line_text,
    ledgered,
    quarantined,
    refused,
    sequence,
    sketched_users,
)
from tests.unit.transform.interleaving import interleave, pause

FAULT_RATE = 0.1
TYPES = ["sign_up", "error", "transaction"]


@dataclass
class Unruly(Faults):
    """Every effect is a step of its own, and may happen long after its caller has lost it."""

    chance: Random = field(default_factory=Random)
    rate: float = FAULT_RATE
    late: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.next_fate = lambda: self.chance.choice(FATES) if self._strikes() else "works"

    def apply[T](self, effect: Callable[[], T]) -> T:
        if self._strikes():
            pause()
            self.late.append(effect)
            raise self.chance.choice([StoreUnavailable, Killed])
        return super().apply(effect)

    @contextmanager
    def around(self) -> Iterator[None]:
        pause()
        with super().around():
            yield

    def land(self) -> None:
        """Let one late effect happen, if the world still allows it."""
        if self.late:
            effect = self.late.pop(self.chance.randrange(len(self.late)))
            try:
                effect()
            except PipelineError:
                return

    def _strikes(self) -> bool:
        return self.chance.random() < self.rate


def refusing(**unwelcome: str) -> Version:
    """A version that quarantines events with such a field, and cuts its chunks differently."""

    def picky(payload: bytes, record: Record, shard: Shard, enrich: Enrich | None) -> Accepted:
        for name, value in unwelcome.items():
            if f'"{name}": "{value}"'.encode() in payload:
                raise Rejected(Problem(name, Code.NOT_ALLOWED, "not welcome"))
        return accept(payload, record, shard, enrich)

    return Version(picky, Limits(max_records=3))


VERSIONS = [Version(), refusing(user_id="u2"), refusing(event_type="error")]


def enriching(chance: Random) -> EnrichBatch:
    """Mark events differently at every attempt, with texts of any length."""

    def enrich(event_type: str, user_id: str, _arrived_ms: int) -> Marked | None:
        variants = {
            name: chance.choice("ab") * chance.choice([1, 30])
            for name in ("button", "price")
            if chance.random() < 0.6
        }
        if chance.random() < 0.1:
            return UNKNOWN
        is_conversion = event_type == "transaction"
        counted = [Counted(name, variant, is_conversion) for name, variant in variants.items()]
        return (Marks(variants, tuple(counted)), place_of(user_id)) if variants else None

    return lambda _records: enrich


@dataclass
class Schedule:
    """Two pollers of one shard, each of which goes on only past what it knows to be committed."""

    number: int
    bodies: list[Body] = field(init=False)
    world: World = field(init=False)
    positions: list[int] = field(default_factory=lambda: [0, 0])

    def __post_init__(self) -> None:
        self.chance = Random(self.number)
        self.bodies = [self._body() for _ in range(self.chance.randint(2, 10))]
        self.records = [make_record(100 + n, body) for n, body in enumerate(self.bodies)]
        self.world = World(enrich=enriching(self.chance))
        self.puts, self.calls = Unruly(chance=self.chance), Unruly(chance=self.chance)
        self.world.archive.faults, self.world.ledger.faults = self.puts, self.calls

    def run(self) -> list[str]:
        """Return what is wrong in the end."""
        for _ in range(self.chance.randint(1, 4)):
            self._change_version()
            attempts = [self._attempt(n) for n in range(self.chance.choice([1, 2, 2]))]
            interleave([*attempts, self._land_some], self._turns())
        self._change_version()
        self.puts.rate = self.calls.rate = 0
        interleave([self._finish, self._land_all], self._turns())
        self._finish()
        return [*self._complaints()]

    def _body(self) -> Body:
        if self.chance.random() < 0.2:
            return self.chance.choice(sorted(POISON))
        return make_event(
            event_type=self.chance.choice(TYPES),
            user_id=self.chance.choice(["u1", "u2", "u3"]),
            timestamp=instant.to_text(NOON_MS - self.chance.choice([0, 1, 61]) * 60_000),
            properties={"latency_ms": 1.0, "amount": 2.0, "currency": "EUR"},
        )

    def _change_version(self) -> None:
        """A put of one version that lands after another has committed is not provided for."""
        version = self.chance.choice([self.world.version, *VERSIONS])
        while version is not self.world.version and self.puts.late:
            self.puts.land()
        self.world.version = version

    def _attempt(self, poller: int) -> Callable[[], None]:
        def attempt() -> None:
            start = self.chance.randint(0, self.positions[poller])
            end = self.chance.randint(start, len(self.records))
            listens = self.chance.random() < 0.5
            done = self.world.deliver(self.records[start:end], listens=listens)
            self.positions[poller] = max(self.positions[poller], start + done)

        return attempt

    def _land_some(self) -> None:
        for _ in range(self.chance.randrange(4)):
            pause()
            self.calls.land()
            self.puts.land()

    def _land_all(self) -> None:
        while self.puts.late or self.calls.late:
            pause()
            self.chance.choice([self.puts, self.calls]).land()

    def _finish(self) -> None:
        self.world.deliver(self.records)

    def _turns(self) -> Callable[[], int]:
        """Stay with one act for a while, so that it can overtake another as a whole."""
        chosen = 0

        def turn() -> int:
            nonlocal chosen
            if self.chance.random() < 0.3:
                chosen = self.chance.randrange(60)
            return chosen

        return turn

    def _complaints(self) -> Iterator[str]:
        world, codes = self.world, refused(self.world)
        kept = Counter(
            expected_line_text(n, body)
            for n, body in enumerate(self.bodies)
            if isinstance(body, dict) and sequence(n) not in codes
        )
        if archived(world) != kept:
            yield f"lost {kept - archived(world)}, twice {archived(world) - kept}"
        if any(n > 1 for n in quarantined(world).values()):
            yield "quarantined twice"
        if counted(world) != expected_counts(self.bodies, codes):
            yield "miscounted"
        if counted_by_variant(world) != archived_by_variant(world):
            yield "miscounted by variant"
        if sketched_users(world) != archived_users(world):
            yield "sketched users that nobody archived, or missed some"
        if ledgered(world) != (len(self.bodies), len(self.bodies) - len(codes)):
            yield "misrecorded"


def broken(numbers: range) -> dict[int, list[str]]:
    """Run schedules; return what is wrong with those that broke the law."""
    return {n: wrong for n in numbers if (wrong := Schedule(n).run())}


if __name__ == "__main__":
    found = broken(range(int(sys.argv[1])))
    print(f"{len(found)} of {sys.argv[1]} schedules broke the law: {sorted(found)[:20]}")  # noqa: T201
    sys.exit(bool(found))
