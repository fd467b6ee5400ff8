"""The weight of a touch under time decay, bit for bit the one that PostgreSQL computes.

PostgreSQL's `exp` is that of the C library, and so is Python's. Spark's own is another one, whose
last bit differs at times, and a credit that is rounded down can differ by a billionth with it.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterator

_LN_2 = math.log(2.0)
# PostgreSQL raises an error on underflow: exp(-600) is 1e-261.
_LEAST = -600.0
# So many weights have one digest: a few megabytes in the server's memory.
BLOCK = 500_000

# The digests of the weights of every age that a window allows, in blocks of ages.
DIGESTS = """
SELECT age / %(block)s, md5(string_agg(float8send(
  exp(greatest(
    -600,
    -ln(2::float8) * extract(epoch FROM age * interval '1 millisecond')::float8
      / extract(epoch FROM %(half_life_ms)s * interval '1 millisecond')::float8
  ))
), ''::bytea ORDER BY age))
FROM generate_series(0, %(window_ms)s) AS age
GROUP BY 1
ORDER BY 1"""


def weight_of(age_ms: int, half_life_ms: int) -> float:
    """Return the weight of a click that came so long before the last one.

    >>> weight_of(0, 600_000), weight_of(600_000, 600_000), weight_of(10**9, 1) > 0
    (1.0, 0.5, True)
    """
    return math.exp(max(_LEAST, -_LN_2 * (age_ms / 1000) / (half_life_ms / 1000)))


def weight_or_none(age_ms: int | None, half_life_ms: int) -> float | None:
    """Weigh a row that may be without a click."""
    return None if age_ms is None else weight_of(age_ms, half_life_ms)


def digests(window_ms: int, half_life_ms: int) -> Iterator[str]:
    """Yield what `DIGESTS` answers with, computed here: ages are whole, so there are few."""
    ages = range(window_ms + 1)
    for start in range(0, len(ages), BLOCK):
        block = ages[start : start + BLOCK]
        weights = [weight_of(age, half_life_ms) for age in block]
        written = struct.pack(f">{len(weights)}d", *weights)
        yield hashlib.md5(written, usedforsecurity=False).hexdigest()
