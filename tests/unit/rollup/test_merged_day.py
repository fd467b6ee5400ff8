"""Ten million events: a day merged from stored hours against the day computed at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from chalicelib.aws.rollup_items import item_of, rollup_of
from chalicelib.lake import text_hash
from chalicelib.lake.hour_rows import Coded, HourRows
from chalicelib.model.distinct import STANDARD_ERROR
from chalicelib.model.latency import RELATIVE_ERROR
from chalicelib.model.merged import MergedRollup, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup
from chalicelib.rollup.summarize import summarize
from tests.builders import NOON

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Flags = NDArray[np.bool_]

pytestmark = pytest.mark.slow

DAY = Period(NOON.plus(-12), NOON.plus(12))
PER_HOUR = 10_000_000 // 24
N_USERS = 600_000
TYPES = ["page_view", "click", "purchase"]
SHARES = [0.7, 0.29, 0.01]
NAMES = [ALL_TYPES, *TYPES]
# Four standard errors are passed once in 16,000 times, if the seed should ever change.
SURE = 4 * STANDARD_ERROR


def make_hour(rng: np.random.Generator, user_hash: NDArray[np.uint64]) -> HourRows:
    """Few users who come often among many who come once, and latencies with a long tail."""
    event_type = rng.choice(len(TYPES), PER_HOUR, p=SHARES).astype(np.int32)
    latency = rng.lognormal(4.5, 1.2, PER_HOUR)
    latency[rng.random(PER_HOUR) < 0.1] = np.nan
    amount = np.where(event_type == 2, rng.uniform(1, 2000, PER_HOUR), np.nan)
    return HourRows(
        event_type=Coded(TYPES, event_type),
        currency=Coded(["EUR", "USD"], rng.integers(-1, 2, PER_HOUR, dtype=np.int32)),
        user=(N_USERS * rng.random(PER_HOUR) ** 3).astype(np.int32),
        user_hash=user_hash,
        latency_ms=latency,
        amount=amount,
        is_error=rng.random(PER_HOUR) < 0.02,
        is_repeat=rng.random(PER_HOUR) < 0.01,
    )


def rolled_up_and_stored(hours: list[HourRows]) -> Mapping[str, list[HourlyRollup]]:
    stored = [
        rollup_of(item_of(rollup))
        for hour, rows in zip(DAY.hours, hours, strict=True)
        for rollup in summarize(hour, rows, {}, rows.n_by_type())
    ]
    return {name: [row for row in stored if row.event_type == name] for name in NAMES}


@pytest.fixture(scope="module")
def hours() -> list[HourRows]:
    rng = np.random.default_rng(7)
    user_hash = text_hash.hashes_of(pa.array([f"usr_{n}" for n in range(N_USERS)]))
    return [make_hour(rng, user_hash) for _ in DAY.hours]


@pytest.fixture(scope="module")
def merged(hours: list[HourRows]) -> Mapping[str, MergedRollup]:
    stored = rolled_up_and_stored(hours)
    return {name: merge(name, DAY, rows) for name, rows in stored.items()}


def events_of(rows: HourRows, name: str) -> Flags:
    events: Flags = ~rows.is_repeat
    if name != ALL_TYPES:
        events &= rows.event_type.codes == TYPES.index(name)
    return events


@pytest.mark.parametrize("name", NAMES)
def test_a_merged_day_agrees_with_the_day_computed_at_once(
    hours: list[HourRows], merged: Mapping[str, MergedRollup], name: str
) -> None:
    day = merged[name]
    of_type = [events_of(rows, name) for rows in hours]
    users = np.concatenate(
        [rows.user[events] for rows, events in zip(hours, of_type, strict=True)]
    )
    latency = np.concatenate(
        [rows.latency_ms[events] for rows, events in zip(hours, of_type, strict=True)]
    )
    latency = latency[~np.isnan(latency)]

    assert day.count == len(users)
    assert day.errors == sum(
        int(rows.is_error[events].sum()) for rows, events in zip(hours, of_type, strict=True)
    )
    assert day.unique_users_error == STANDARD_ERROR
    assert day.unique_users == pytest.approx(len(np.unique(users)), rel=SURE)
    assert day.latency is not None
    assert day.latency.count == len(latency)
    assert (day.latency.minimum, day.latency.maximum) == (latency.min(), latency.max())
    assert day.latency.total_ns == int(np.rint(latency * 1_000_000).astype(np.int64).sum())
    assert day.latency_error == RELATIVE_ERROR
    found = [day.latency.p50, day.latency.p90, day.latency.p95, day.latency.p99]
    assert found == pytest.approx(np.percentile(latency, [50, 90, 95, 99]), rel=RELATIVE_ERROR)


def test_amounts_of_a_merged_day_are_exact(
    hours: list[HourRows], merged: Mapping[str, MergedRollup]
) -> None:
    totals = {"EUR": 0, "USD": 0, "XXX": 0}
    for rows in hours:
        events = ~rows.is_repeat & ~np.isnan(rows.amount)
        for code, currency in ((0, "EUR"), (1, "USD"), (-1, "XXX")):
            amounts = rows.amount[events & (rows.currency.codes == code)]
            totals[currency] += int(np.rint(amounts * 1_000_000).astype(np.int64).sum())

    found = {name: amount.total_micros for name, amount in merged["purchase"].amounts.items()}

    assert found == totals


def test_the_day_knows_its_repeats_and_its_hours(
    hours: list[HourRows], merged: Mapping[str, MergedRollup]
) -> None:
    day = merged[ALL_TYPES]

    assert day.found == 24 * PER_HOUR
    assert day.duplicates == sum(int(rows.is_repeat.sum()) for rows in hours)
    assert (day.hours, day.absent) == (tuple(DAY.hours), [])
