"""Who was exposed to which variant, and when first: the users by whom everything is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chalicelib.experiments.distinct_users import DistinctUsers
from chalicelib.lake.exposures import SEPARATOR
from chalicelib.lake.partial_files import KindRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Hashes = NDArray[np.uint64]
    type Integers = NDArray[np.int64]
    type Variants = NDArray[np.int16]

# So many exposures are held before they are folded into the users that are known.
_AT_ONCE = 1 << 21
_CROSSOVER = -1


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Each exposed user once, in ascending order of hashes.

    `first_ms` is the earliest exposure to any variant; `variant` is a position among the
    experiment's, or below zero for a user who was exposed to several. `n_unknown` counts users
    who were exposed to a variant that the experiment doesn't have, which says nothing else.
    """

    users: Hashes
    first_ms: Integers
    variant: Variants
    n_unknown: int

    @property
    def crossovers(self) -> int:
        return int(np.count_nonzero(self.variant == _CROSSOVER))

    def size(self, variant: int) -> int:
        return int(np.count_nonzero(self.variant == variant))


def cohort_of(
    experiment_id: str, variants: Sequence[str], exposures: Iterable[KindRows]
) -> Cohort:
    """Merge the exposures of an experiment's window, hour after hour."""
    merged = _Merged()
    unknown = DistinctUsers()
    for rows in exposures:
        variant_of = _variants(experiment_id, variants, rows.labels)
        variant = variant_of[rows.label]
        unknown.add(rows.user[variant == _UNKNOWN])
        known = np.flatnonzero(variant >= 0)
        merged.add(rows.user[known], rows.at_ms[known], variant[known])
    return merged.cohort(unknown.count())


_UNKNOWN, _OF_ANOTHER = -1, -2


def _variants(experiment_id: str, variants: Sequence[str], labels: Sequence[str]) -> Variants:
    """Return the position of each label's variant, or why it has none."""
    positions = np.full(len(labels), _OF_ANOTHER, dtype=np.int16)
    for index, label in enumerate(labels):
        experiment, _, variant = label.partition(SEPARATOR)
        if experiment == experiment_id:
            positions[index] = variants.index(variant) if variant in variants else _UNKNOWN
    return positions


class _Merged:
    """Exposures folded by user now and then, so that memory grows with users alone."""

    def __init__(self) -> None:
        self.users: Hashes = np.empty(0, dtype=np.uint64)
        self.first_ms: Integers = np.empty(0, dtype=np.int64)
        # A user of one variant has the same of both.
        self.lowest: Variants = np.empty(0, dtype=np.int16)
        self.highest: Variants = np.empty(0, dtype=np.int16)
        self._new: list[tuple[Hashes, Integers, Variants]] = []
        self._n_new = 0

    def add(self, users: Hashes, at_ms: Integers, variants: Variants) -> None:
        self._new.append((users, at_ms, variants))
        self._n_new += len(users)
        if self._n_new > max(_AT_ONCE, len(self.users)):
            self._fold()

    def cohort(self, n_unknown: int) -> Cohort:
        self._fold()
        variant = np.where(self.lowest == self.highest, self.lowest, np.int16(_CROSSOVER))
        return Cohort(self.users, self.first_ms, variant, n_unknown)

    def _fold(self) -> None:
        if not self._n_new:
            return
        users = np.concatenate([self.users, *(new[0] for new in self._new)])
        first_ms = np.concatenate([self.first_ms, *(new[1] for new in self._new)])
        lowest = np.concatenate([self.lowest, *(new[2] for new in self._new)])
        highest = np.concatenate([self.highest, *(new[2] for new in self._new)])
        order = np.argsort(users)
        users = users[order]
        starts = np.flatnonzero(np.concatenate([[True], users[1:] != users[:-1]]))
        self.users = users[starts]
        self.first_ms = np.minimum.reduceat(first_ms[order], starts)
        self.lowest = np.minimum.reduceat(lowest[order], starts)
        self.highest = np.maximum.reduceat(highest[order], starts)
        self._new, self._n_new = [], 0
