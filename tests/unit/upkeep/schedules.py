"""Random schedules of sealers, transforms, rollups and readers, with failures and late effects.

    .venv/bin/python -m tests.unit.upkeep.schedules 20000

runs as many, on all processors, and prints the numbers of those that broke the law; each can be
run again by its number.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from random import Random

from chalicelib.errors import PipelineError
from chalicelib.model.stored import NewObject
from chalicelib.rollup.roll_up_hour import RollUpHour
from chalicelib.upkeep.seal_hour import SealHour
from tests.fakes import FakeObjects, Killed
from tests.unit.process.schedules import Unruly
from tests.unit.transform.interleaving import interleave, pause
from tests.unit.upkeep.world import RAW_KEYS, World

FAULT_RATE = 0.06
REPEAT_RATE = 0.1


@dataclass
class Looked(Unruly):
    """Before every step somebody looks."""

    look: Callable[[], None] = lambda: None

    @contextmanager
    def around(self) -> Iterator[None]:
        self.look()
        with super().around():
            yield


@dataclass
class Bucket(FakeObjects):
    """A client may send a put again whose answer was lost: then its own write refuses it."""

    chance: Random = field(default_factory=Random)
    repeat_rate: float = REPEAT_RATE

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        is_written = super().put_if(new, etag)
        if self.chance.random() < self.repeat_rate:
            return super().put_if(new, etag)
        return is_written


@dataclass
class Schedule:
    """What is done at once in each of a few rounds, in an order of its own."""

    number: int
    sealer: type[SealHour] = SealHour
    roller: type[RollUpHour] = RollUpHour
    bucket: type[Bucket] = Bucket
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.number)
        self.faults = Looked(chance=self.chance, rate=FAULT_RATE)
        lake = self.bucket(chance=self.chance)
        self.world = World(self.faults, lake, self.sealer, self.roller)
        self.faults.look = self.world.look
        self.rewrites = self.chance.random() < 0.4

    def run(self) -> list[str]:
        """Return what is wrong, at any time or in the end."""
        for _ in range(self.chance.randint(1, 3)):
            for _ in range(self.chance.randint(0, 2)):
                self._write()
            acts = [self.world.seal, self.world.seal, self.world.transform]
            more = [self._write_and_transform, self.world.roll_up, self.world.read]
            acts += self.chance.sample(more, self.chance.randint(1, 3))
            interleave([*map(self._survived, acts), self._land_some], self._turns())
            self._check_that_it_is_due()
        self.faults.rate = self.world.lake.repeat_rate = 0  # type: ignore[attr-defined]  # a Bucket
        while self.faults.late:
            self.faults.land()
        self.world.settle()
        return [*dict.fromkeys(self.world.wrong), *self.world.complaints_at_rest()]

    def _write(self) -> None:
        """Archive an object, overwrite it, or have it transformed by newer code."""
        key, world = self.chance.choice(RAW_KEYS), self.world
        if key not in world.raw:
            world.archive(key, self._lines(key))
        elif self.rewrites and self.chance.random() < 0.5:
            world.archive(key, self._lines(key)[: self.chance.randrange(3)])
        else:
            world.rebuild(key)

    def _lines(self, key: object) -> tuple[str, ...]:
        name = f"{key}"[-20:-8]
        return tuple(f"{name}-{n}" for n in range(self.chance.randint(1, 2)))

    def _write_and_transform(self) -> None:
        self._write()
        self.world.transform()

    def _survived(self, act: Callable[[], None]) -> Callable[[], None]:
        def survived() -> None:
            try:
                act()
            except (PipelineError, Killed):
                return

        return survived

    def _land_some(self) -> None:
        for _ in range(self.chance.randrange(4)):
            pause()
            self.faults.land()

    def _check_that_it_is_due(self) -> None:
        """A small file that nobody is about to announce belongs to an hour that is due."""
        world = self.world
        if world.small_files and not world.queue and not self.faults.late and not world.is_due:
            world.wrong.append("small files of an hour that is not due")

    def _turns(self) -> Callable[[], int]:
        """Stay with one act for a while, so that it can overtake another as a whole."""
        chosen = 0

        def turn() -> int:
            nonlocal chosen
            if self.chance.random() < 0.3:
                chosen = self.chance.randrange(60)
            return chosen

        return turn


def kinds_of(wrong: Sequence[str]) -> set[str]:
    """Sort complaints: rows lost, rows twice or stale at rest, anything else."""
    kinds = {"lost": "lost Counter({", "twice": "stale Counter({"}
    found = {kind for kind, words in kinds.items() if any(words in text for text in wrong)}
    return found or {"else"}


def broken(numbers: Sequence[int], **parts: type) -> Mapping[int, list[str]]:
    """Run schedules, perhaps with other parts; return what is wrong with those that broke it."""
    return {n: wrong for n in numbers if (wrong := Schedule(n, **parts).run())}


if __name__ == "__main__":
    n_schedules = int(sys.argv[1])
    with ProcessPoolExecutor() as pool:
        parts = pool.map(partial(broken), batched(range(n_schedules), 100))
        found = {number: wrong for part in parts for number, wrong in part.items()}
    kinds = Counter(kind for wrong in found.values() for kind in kinds_of(wrong))
    print(  # noqa: T201
        f"{len(found)} of {n_schedules} schedules broke the law: {sorted(found)[:20]};"
        f" {kinds['lost']} lost, {kinds['twice']} twice, {kinds['else']} else"
    )
    sys.exit(bool(found))
