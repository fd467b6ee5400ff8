"""What a rollup saw of its hour, type by type, before any types are folded into one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """`found` are the rows of the files by type, `counted` the live counters, read after them."""

    files: Sequence[str]
    found: Mapping[str, int]
    counted: Mapping[str, int]

    @property
    def n_types(self) -> int:
        return len(self.found.keys() | self.counted.keys())

    @property
    def missing(self) -> int:
        """Add up what each type lacks, so that no surplus hides what another type lacks."""
        return sum(max(0, n - self.found.get(name, 0)) for name, n in self.counted.items())

    def largest(self, most: int) -> frozenset[str]:
        """Choose the types of most records, found or counted; equal ones by name."""

        def size(name: str) -> int:
            return max(self.found.get(name, 0), self.counted.get(name, 0))

        names = self.found.keys() | self.counted.keys()
        return frozenset(sorted(names, key=lambda name: (-size(name), name))[:most])
