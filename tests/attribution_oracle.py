"""The models in plain Python, as docs/attribution.md defines them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

WHOLE = 1_000_000_000
HOUR_MS = 3_600_000


class Touch(NamedTuple):
    at_ms: int
    click_id: str


def touches(clicks: Sequence[Touch], checked_out_ms: int) -> list[Touch]:
    """Return the clicks of the hour before, both ends included, the earliest first."""
    return sorted(touch for touch in clicks if 0 <= checked_out_ms - touch.at_ms <= HOUR_MS)


def credits_of(model: str, of: Sequence[Touch], half_life_ms: int) -> list[int]:
    """Share 1,000,000,000 out; every share is rounded down, and the last takes the rest."""
    if not of:
        return []
    shares = [math.floor(weight * WHOLE) for weight in _weights(model, of, half_life_ms)]
    return [*shares[:-1], WHOLE - sum(shares[:-1])]


def revenue_of(micros: int, nanos: Sequence[int]) -> list[int]:
    """Share an amount out in the same way; parts of a negative one are rounded towards zero."""
    parts = [abs(micros) * share // WHOLE * (-1 if micros < 0 else 1) for share in nanos]
    return [*parts[:-1], micros - sum(parts[:-1])]


def _weights(model: str, of: Sequence[Touch], half_life_ms: int) -> list[float]:
    n = len(of)
    match model:
        case "first_click":
            return [1.0] + [0.0] * (n - 1)
        case "last_click":
            return [0.0] * (n - 1) + [1.0]
        case "linear":
            return [_fraction(1, n)] * n
        case "position_based":
            if n < 3:
                return [0.5] * n
            return [0.4, *[_fraction(1, 5 * (n - 2))] * (n - 2), 0.4]
        case _:
            ages = [of[-1].at_ms - touch.at_ms for touch in of]
            raw = [2.0 ** max(-865.0, -age / half_life_ms) for age in ages]
            return [weight / math.fsum(raw) for weight in raw]


def _fraction(part: int, of: int) -> float:
    """Return it so that rounding down after multiplying is exact."""
    return (part * WHOLE // of + 0.25) / WHOLE
