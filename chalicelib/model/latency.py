"""Log-spaced latency buckets, which merge by addition over minutes, shards and days.

The scheme is DDSketch's (Masson, Rim and Lee, VLDB 2019): bucket i holds what lies in
(FLOOR_MS * GAMMA**(i-1), FLOOR_MS * GAMMA**i], so a quantile read from it is off by at most
(GAMMA - 1) / (GAMMA + 1) of its value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

GAMMA = 1.1
FLOOR_MS = 0.1
MAX_MS = 86_400_000.0
RELATIVE_ERROR = (GAMMA - 1) / (GAMMA + 1)

_LOG_GAMMA = math.log(GAMMA)


def bucket_of(latency_ms: float) -> int:
    """Return the index of the bucket that holds a latency, in milliseconds from 0 to `MAX_MS`.

    >>> bucket_of(0.0), bucket_of(0.1), bucket_of(100.0), bucket_of(MAX_MS)
    (0, 0, 73, 216)
    """
    if latency_ms <= FLOOR_MS:
        return 0
    return math.ceil(math.log(latency_ms / FLOOR_MS) / _LOG_GAMMA)


def quantile(counts: Mapping[int, int], q: float) -> float | None:
    """Read a quantile, in milliseconds, off bucket counts; None when they are empty.

    >>> round(quantile({bucket_of(100.0): 9, bucket_of(900.0): 1}, 0.5), 1)
    100.1
    """
    rank = q * (sum(counts.values()) - 1)
    seen = 0
    for index in sorted(counts):
        seen += counts[index]
        if seen > rank:
            return FLOOR_MS * GAMMA**index * 2 / (GAMMA + 1)
    return None
