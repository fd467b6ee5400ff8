"""Whether users were split as configured: the check for a sample ratio mismatch (SRM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.experiments.statistics import chi_square

# Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments, chapter 21: a mismatch makes
# every other number worthless, and a false alarm is dear, so the level is strict.
SRM_ALPHA = 0.001
# Cochran's rule: below this many expected users the χ² distribution doesn't hold.
LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Cell:
    variant: str
    users: int
    expected: float


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """`p` is None while any variant expects too few users for the check."""

    cells: tuple[Cell, ...]
    p: float | None

    @property
    def is_mismatch(self) -> bool:
        return self.p is not None and self.p < SRM_ALPHA


def check_split(users: Mapping[str, int], weights: Mapping[str, int | float]) -> SampleRatio:
    """Compare users with the configured weights: χ² = Σ (users - expected)² / expected.

    There is one test over all variants, with df = variants - 1 (Pearson, 1900).
    """
    total = sum(users.get(variant, 0) for variant in weights)
    whole = sum(weights.values())
    cells = tuple(
        Cell(variant, users.get(variant, 0), total * weight / whole if whole else 0.0)
        for variant, weight in weights.items()
    )
    if len(cells) < 2 or any(cell.expected < LEAST_EXPECTED for cell in cells):
        return SampleRatio(cells, None)
    statistic = sum((cell.users - cell.expected) ** 2 / cell.expected for cell in cells)
    return SampleRatio(cells, chi_square.tail(statistic, len(cells) - 1))
