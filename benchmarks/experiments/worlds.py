"""Made-up experiments whose true effect is known; the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from chalicelib.experiments.comparison import Tally
from chalicelib.experiments.observations import Arm
from chalicelib.experiments.tallies import tally
from chalicelib.model.experiment import MetricKind

LOOKS = 20

type Chance = np.random.Generator
# The control and the variant, as one look finds them.
type Pair = tuple[Tally, Tally]


class World(Protocol):
    """`arriving` users join each of the two variants between looks."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> MetricKind: ...
    @property
    def arriving(self) -> int: ...
    @property
    def lift(self) -> float: ...
    def draw(self, chance: Chance) -> Iterator[Pair]: ...


@dataclass(frozen=True, slots=True)
class Conversion:
    """Each user converts or doesn't."""

    name: str
    arriving: int
    lift: float = 0.0
    share: float = 0.03
    kind: MetricKind = MetricKind.CONVERSION

    def draw(self, chance: Chance) -> Iterator[Pair]:
        shares = (self.share, self.share * (1 + self.lift))
        converters = [chance.binomial(self.arriving, share, LOOKS).cumsum() for share in shares]
        for look in range(LOOKS):
            users = self.arriving * (look + 1)
            control, variant = (Tally.of_conversions(users, int(one[look])) for one in converters)
            yield control, variant


@dataclass(frozen=True, slots=True)
class Revenue:
    """A share of users buys, for amounts whose logarithm is normal; the lift is in that share.

    So it is a lift of the capped mean too, whatever the cap.
    """

    name: str
    arriving: int
    lift: float = 0.0
    share: float = 0.3
    sigma: float = 2.0
    kind: MetricKind = MetricKind.SUM

    def draw(self, chance: Chance) -> Iterator[Pair]:
        control, variant = self._amounts(chance, 0.0), self._amounts(chance, self.lift)
        for look in range(LOOKS):
            users = self.arriving * (look + 1)
            arms = {
                "control": Arm(users, control[:users], None),
                "variant": Arm(users, variant[:users], None),
            }
            found = tally(self.kind, arms).by_variant
            yield found["control"], found["variant"]

    def _amounts(self, chance: Chance, lift: float) -> np.ndarray:
        users = self.arriving * LOOKS
        buys = chance.random(users) < self.share * (1 + lift)
        amounts: np.ndarray = buys * np.exp(chance.normal(0, self.sigma, users))
        return amounts


WORLDS: tuple[World, ...] = (
    Conversion("A/A, conversion, 500 a look", 500),
    Conversion("A/A, conversion, 2,500 a look", 2_500),
    Conversion("A/A, conversion, 50,000 a look", 50_000),
    Revenue("A/A, capped revenue, 500 a look", 500),
    Revenue("A/A, capped revenue, 1,000 a look", 1_000),
    # Twice the fixed-horizon sample for a lift of 10 % with a power of 80 %, and once.
    Conversion("+10 %, conversion, 5,322 a look", 5_322, lift=0.1),
    Conversion("+10 %, conversion, 2,661 a look", 2_661, lift=0.1),
    Revenue("+20 %, capped revenue, 1,000 a look", 1_000, lift=0.2),
)
