"""Make the partials of 14 days, as the rollups of their hours would have left them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.hours import HOUR
from chalicelib.lake import partial_keys
from chalicelib.lake.experiment_partials import partial_of
from chalicelib.lake.exposures import SEPARATOR
from chalicelib.lake.hour_rows import Coded, HourRows, Moments
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS

HOURS = HOUR.until(HOUR.plus(14 * 24))
EXPERIMENT, VARIANTS = "exp-1", ("control", "treatment")
TYPES = ("exposure", "page_view", "click", "purchase")
_SHARES = (0.1, 0.6, 0.25, 0.05)
_PURCHASE = TYPES.index("purchase")
# In an hour, a user who is there at all does some three things.
_EVENTS_A_USER = 3


def make_fortnight(folder: Path, n_users: int, n_events: int) -> None:
    """Write a file an hour; a user who is exposed sees the variant on some visits only."""
    chance = np.random.default_rng(1)
    hashes = chance.integers(0, 2**64, n_users, dtype=np.uint64)
    for hour in HOURS:
        rows, moments = _rows(hour, hashes, n_events // len(HOURS), chance)
        path = folder / partial_keys.key_of(hour, 1)
        path.parent.mkdir(parents=True)
        path.write_bytes(partial_of(rows, moments, hour).body)


def _rows(
    hour: Hour, hashes: NDArray[np.uint64], n: int, chance: np.random.Generator
) -> tuple[HourRows, Moments]:
    present = chance.integers(0, len(hashes), n // _EVENTS_A_USER)
    present = np.unique(present)
    user = chance.integers(0, len(present), n).astype(np.int32)
    kind = chance.choice(len(TYPES), n, p=_SHARES).astype(np.int32)
    is_purchase, nothing = kind == _PURCHASE, np.full(n, np.nan)
    variant = (hashes[present][user] % np.uint64(len(VARIANTS))).astype(np.int32)
    labels = [f"{EXPERIMENT}{SEPARATOR}{name}" for name in VARIANTS]
    rows = HourRows(
        event_type=Coded([*TYPES], kind),
        currency=Coded(["EUR"], np.where(is_purchase, 0, -1).astype(np.int32)),
        user=user,
        user_hash=hashes[present],
        latency_ms=nothing,
        amount=np.where(is_purchase, chance.uniform(1, 200, n).round(2), np.nan),
        is_error=np.zeros(n, dtype=np.bool_),
        is_repeat=np.zeros(n, dtype=np.bool_),
    )
    at_ms = hour.start_ms + chance.integers(0, HOUR_MS, n)
    exposure = np.where(kind == 0, variant, -1).astype(np.int32)
    return rows, Moments(at_ms, nothing, Coded(labels, exposure))
