"""An hour's sketches from arrays, the same as `model` makes one value at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chalicelib.model.distinct import REGISTERS, REST_BITS, HyperLogLog
from chalicelib.model.latency import EDGES_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    type Hashes = NDArray[np.uint64]

_REST = np.uint64((1 << REST_BITS) - 1)
_EDGES = np.array(EDGES_MS)


def of_hashes(hashes: Hashes) -> HyperLogLog:
    """Sketch a set of 64-bit hashes."""
    # A double holds these 52 bits exactly, and its exponent is their length.
    length = np.frexp((hashes & _REST).astype(np.float64))[1]
    registers = np.zeros(REGISTERS, dtype=np.uint8)
    np.maximum.at(
        registers,
        (hashes >> np.uint64(REST_BITS)).astype(np.intp),
        (REST_BITS + 1 - length).astype(np.uint8),
    )
    return HyperLogLog(registers.tobytes())


def buckets_of(ordered: Floats) -> dict[int, int]:
    """Count latencies, in ascending order, by their bucket."""
    counts = np.diff(np.searchsorted(ordered, _EDGES, side="right"), prepend=0)
    return {int(index): int(counts[index]) for index in np.flatnonzero(counts)}
