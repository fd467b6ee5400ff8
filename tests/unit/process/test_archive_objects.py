"""Objects are written so that an attempt which has lost its claim can't overwrite them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest

from chalicelib.archive.objects import packed
from chalicelib.errors import ClaimLost, StoreUnavailable
from chalicelib.model.ledger import Claim
from chalicelib.process.archive_objects import MAX_LOOKS, ArchiveObjects
from tests.fakes import FakeLedger, FakeObjects

KEY = "raw/a.json.gz"
SHORT, LONG = packed(KEY, b"1\n", 1), packed(KEY, b"1\n2\n", 2)
OURS, THEIRS = Claim("shard", "ours", "2"), Claim("shard", "theirs", "2")

type Moment = Literal["before the look", "after the look", "after the check"]


@dataclass
class Overtaken:
    """A bucket and a ledger in which another attempt does its work at one moment of ours."""

    moment: Moment
    archive: FakeObjects = field(default_factory=FakeObjects)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    is_overtaken: bool = False

    def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
        self._pass("before the look")
        etags = self.archive.etags(prefixes)
        self._pass("after the look")
        return etags

    def holds(self, claim: Claim) -> bool:
        holds = self.ledger.holds(claim)
        self._pass("after the check")
        return holds

    def _pass(self, moment: Moment) -> None:
        if moment == self.moment and not self.is_overtaken:
            self.is_overtaken = True
            self.ledger.claim(THEIRS)
            ArchiveObjects(self.archive, self.ledger)(THEIRS, [SHORT])


@dataclass
class Seen:
    """A port of which one method is another's."""

    port: object
    name: str
    method: Callable[..., object]

    def __getattr__(self, name: str) -> object:
        return self.method if name == self.name else getattr(self.port, name)


@pytest.mark.parametrize("left", [SHORT, LONG], ids=["the same bytes", "other bytes"])
@pytest.mark.parametrize("moment", ["before the look", "after the look", "after the check"])
def test_an_overwrite_under_way_is_ended_by_the_next_attempt(moment: Moment, left: object) -> None:
    world = Overtaken(moment)
    world.archive.create_all([left])  # type: ignore[list-item]  # one of two objects
    world.ledger.claim(OURS)
    archive_objects = ArchiveObjects(
        Seen(world.archive, "etags", world.etags),  # type: ignore[arg-type]  # the fake, observed
        Seen(world.ledger, "holds", world.holds),  # type: ignore[arg-type]  # the fake, observed
    )

    with pytest.raises(ClaimLost):
        archive_objects(OURS, [LONG])

    assert gzip.decompress(world.archive.bodies[KEY]) == b"1\n"


def test_what_a_dead_attempt_left_is_overwritten_by_who_holds_the_claim() -> None:
    archive, ledger = FakeObjects(), FakeLedger()
    archive.create_all([LONG])
    ledger.claim(OURS)

    ArchiveObjects(archive, ledger)(OURS, [SHORT])

    assert gzip.decompress(archive.bodies[KEY]) == b"1\n"
    assert archive.metadata[KEY]["records"] == "1"


def test_an_emptied_object_has_no_lines() -> None:
    archive, ledger = FakeObjects(), FakeLedger()
    archive.create_all([LONG])
    ledger.claim(OURS)

    ArchiveObjects(archive, ledger).empty(OURS, [KEY])

    assert gzip.decompress(archive.bodies[KEY]) == b""
    assert archive.metadata[KEY]["records"] == "0"


def test_an_object_that_never_rests_is_left_for_later() -> None:
    looks: list[object] = []

    def etags(prefixes: Iterable[str]) -> Mapping[str, str]:
        looks.append(prefixes)
        return {KEY: "another"}

    archive, ledger = FakeObjects(), FakeLedger()
    archive.create_all([LONG])
    ledger.claim(OURS)
    restless = Seen(archive, "etags", etags)

    with pytest.raises(StoreUnavailable):
        ArchiveObjects(restless, ledger)(OURS, [SHORT])  # type: ignore[arg-type]  # the fake, observed
    assert len(looks) == MAX_LOOKS
