"""Log-spaced latency buckets, which merge by addition over minutes, shards and days.

The scheme is DDSketch's (Masson, Rim and Lee, VLDB 2019): bucket i holds the values in
(EDGES_MS[i - 1], EDGES_MS[i]], where each edge is GAMMA times the one before, so a quantile read
from it is off by at most (GAMMA - 1) / (GAMMA + 1) of its value. Bucket 0 holds what is at most
`FLOOR_MS`, which is off by less than that floor.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, repeat
from operator import mul

GAMMA = 1.1
FLOOR_MS = 0.1
MAX_MS = 86_400_000.0
RELATIVE_ERROR = (GAMMA - 1) / (GAMMA + 1)

# Comparing with these edges is the rule, since logarithms round differently from one library to
# another; the edges are products, one by one, which are the same on every machine.
EDGES_MS = tuple(accumulate(repeat(GAMMA, 216), mul, initial=FLOOR_MS))

# Off by the same share of the least and the greatest value of a bucket.
_MIDDLES_MS = tuple(edge * 2 / (GAMMA + 1) for edge in EDGES_MS)


def bucket_of(latency_ms: float) -> int:
    """Return the index of the bucket that holds a latency, in milliseconds from 0 to `MAX_MS`.

    >>> bucket_of(0.0), bucket_of(0.1), bucket_of(100.0), bucket_of(MAX_MS)
    (0, 0, 73, 216)
    """
    return bisect_left(EDGES_MS, latency_ms)


def merged(counts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Add bucket counts up.

    >>> merged([{73: 2}, {72: 1, 73: 1}])
    {72: 1, 73: 3}
    """
    total = Counter[int]()
    for part in counts:
        total.update(part)
    return dict(sorted(total.items()))


def quantile(counts: Mapping[int, int], q: float) -> float:
    """Read a quantile, in milliseconds, off bucket counts.

    Raises:
        ValueError: the buckets are empty.

    >>> round(quantile({bucket_of(100.0): 9, bucket_of(900.0): 1}, 0.5), 1)
    100.1
    """
    return quantiles(counts, [q])[0]


def quantiles(counts: Mapping[int, int], qs: Iterable[float]) -> list[float]:
    """Read quantiles, in milliseconds, off bucket counts.

    Each is interpolated between the two nearest ranks, like an exact quantile.

    Raises:
        ValueError: the buckets are empty.
    """
    indexes = sorted(counts)
    seen = list(accumulate(map(counts.__getitem__, indexes)))
    if not seen or not seen[-1]:
        raise ValueError(counts)
    return [_ranked(indexes, seen, q * (seen[-1] - 1)) for q in qs]


def _ranked(indexes: Sequence[int], seen: Sequence[int], rank: float) -> float:
    floor = math.floor(rank)
    at = bisect_right(seen, floor)
    low = _MIDDLES_MS[indexes[at]]
    if math.ceil(rank) < seen[at]:
        return low
    return low + (rank - floor) * (_MIDDLES_MS[indexes[at + 1]] - low)
