"""Count users exactly, in the memory that their hashes take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Hashes = NDArray[np.uint64]

# So many are held before they are folded into those that are known.
_AT_ONCE = 1 << 21


class DistinctUsers:
    def __init__(self) -> None:
        self._known: Hashes = np.empty(0, dtype=np.uint64)
        self._new: list[Hashes] = []
        self._n_new = 0

    def add(self, users: Hashes) -> None:
        self._new.append(users)
        self._n_new += len(users)
        if self._n_new > max(_AT_ONCE, len(self._known)):
            self._fold()

    def count(self) -> int:
        self._fold()
        return len(self._known)

    def _fold(self) -> None:
        users = np.concatenate([self._known, *self._new])
        users.sort()
        is_first = np.ones(len(users), dtype=np.bool_)
        is_first[1:] = users[1:] != users[:-1]
        self._known, self._new, self._n_new = users[is_first], [], 0
