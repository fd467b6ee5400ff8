from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.distinct import STANDARD_ERROR, HyperLogLog
from chalicelib.model.facts import MAX_AMOUNT
from chalicelib.model.hour import Hour
from chalicelib.model.latency import FLOOR_MS, RELATIVE_ERROR
from chalicelib.model.merged import MergedRollup, hour_alone, merge
from chalicelib.model.period import Period
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup, LatencySummary, Reconciliation
from tests.builders import NOON, make_latency, make_rollup
from tests.unit.rollup.builders import Row, make_row
from tests.unit.rollup.oracle import rollups_of

DAY = Period(NOON.plus(-12), NOON.plus(12))
PERCENTILES = ("p50", "p90", "p95", "p99")

some_events = st.builds(
    make_row,
    event_id=st.uuids().map(str),
    user_id=st.integers(0, 60).map("usr_{}".format),
    latency_ms=st.none() | st.floats(0, 1e6),
    amount=st.none() | st.floats(-MAX_AMOUNT, MAX_AMOUNT),
    currency=st.sampled_from([None, "EUR", "USD"]),
    is_error=st.booleans(),
)
days = st.dictionaries(st.sampled_from(DAY.hours), st.lists(some_events, max_size=12), max_size=6)
type Day = dict[Hour, list[Row]]


def hours_of(day: Day) -> list[HourlyRollup]:
    return [
        rollups_of(hour, rows, {"page_view": len(rows)})[ALL_TYPES] for hour, rows in day.items()
    ]


def merged(rollups: Sequence[HourlyRollup], period: Period = DAY) -> MergedRollup:
    return merge(rollups[0].event_type if rollups else "click", period, rollups)


@given(days, st.randoms(use_true_random=False))
def test_hours_may_be_merged_in_any_order(day: Day, random: Random) -> None:
    rollups = hours_of(day)
    shuffled = random.sample(rollups, len(rollups))

    assert merged(shuffled) == merged(rollups)


@given(st.lists(some_events, max_size=12))
def test_an_hour_alone_is_merged_as_one_of_several_would_be(rows: list[Row]) -> None:
    [rollup] = hours_of({NOON: rows})

    assert hour_alone(rollup) == merged([rollup], Period(NOON, NOON.plus(1)))


@given(days)
def test_what_is_counted_or_summed_is_as_exact_as_over_the_day_at_once(day: Day) -> None:
    found = merged(hours_of(day))
    rows = [row for rows in day.values() for row in rows]
    exact = rollups_of(NOON, rows, {"page_view": len(rows)})[ALL_TYPES]

    assert (found.count, found.errors, found.error_rate) == (
        exact.count,
        exact.errors,
        exact.error_rate,
    )
    assert found.amounts == exact.amounts
    assert (found.expected, found.found, found.missing) == (len(rows), len(rows), 0)
    assert found.hours == tuple(sorted(day))
    assert len(found.absent) == 24 - len(day)
    assert (found.latency is None) == (exact.latency is None)
    if found.latency and exact.latency:
        assert exact_part(found.latency) == exact_part(exact.latency)


@given(days)
def test_what_is_estimated_is_within_its_stated_error(day: Day) -> None:
    found = merged(hours_of(day))
    rows = [row for rows in day.values() for row in rows]
    exact = rollups_of(NOON, rows, {})[ALL_TYPES]

    # So few users share no register but by a rare chance.
    assert abs(found.unique_users - exact.unique_users) <= 2
    assert found.latency is None or exact.latency is not None
    for name in PERCENTILES if found.latency else ():
        true = getattr(exact.latency, name)
        bound = found.latency_error * true + (FLOOR_MS if found.latency_error else 0)
        assert abs(getattr(found.latency, name) - true) <= bound * (1 + 1e-9)


@given(days)
def test_merging_the_days_hours_equals_merging_what_they_merge_into(day: Day) -> None:
    rollups = hours_of(day)
    halves = rollups[::2], rollups[1::2]
    sketches = [HyperLogLog.merged(row.user_sketch for row in half) for half in halves]

    whole = HyperLogLog.merged(row.user_sketch for row in rollups)

    assert HyperLogLog.merged(sketches) == whole
    assert sum(merged(half).count for half in halves) == merged(rollups).count


def test_an_hour_alone_keeps_its_exact_figures() -> None:
    hour = make_rollup(unique_users=7, latency=make_latency(p50=123.4))

    found = merged([hour, make_rollup(hour=NOON.plus(1), count=0, unique_users=0)])

    assert (found.unique_users, found.unique_users_error) == (7, 0.0)
    assert (found.latency, found.latency_error) == (hour.latency, 0.0)


def test_the_errors_are_stated_when_there_are_several_hours() -> None:
    found = merged([make_rollup(hour=NOON.plus(n), latency=make_latency()) for n in range(2)])

    assert found.unique_users_error == STANDARD_ERROR == pytest.approx(0.016, abs=0.0005)
    assert found.latency_error == RELATIVE_ERROR == pytest.approx(0.048, abs=0.0005)


def test_users_are_no_fewer_than_in_an_hour_and_no_more_than_in_all() -> None:
    few, many = HyperLogLog.of([1]), HyperLogLog.of(range(0, 2**64, 2**54))
    hours = [
        make_rollup(unique_users=2, user_sketch=sketch, hour=NOON.plus(n))
        for n, sketch in enumerate([few, few])
    ]
    too_many = [
        make_rollup(unique_users=2, user_sketch=sketch, hour=NOON.plus(n))
        for n, sketch in enumerate([many, many])
    ]

    assert merged(hours).unique_users == 2
    assert merged(too_many).unique_users == 4


def test_percentiles_stay_between_the_least_and_the_most() -> None:
    hours = [make_rollup(hour=NOON.plus(n), latency=make_latency(100.0)) for n in range(3)]

    latency = merged(hours).latency

    assert latency is not None
    assert [getattr(latency, name) for name in PERCENTILES] == [100.0] * 4


def test_a_surplus_of_one_hour_hides_no_lack_of_another() -> None:
    lack = Reconciliation(expected=5, found=3, duplicates=0)
    surplus = Reconciliation(expected=3, found=5, duplicates=1)
    hours = [
        make_rollup(reconciliation=lack),
        make_rollup(reconciliation=surplus, hour=NOON.plus(1)),
    ]

    found = merged(hours)

    assert (found.expected, found.found, found.duplicates, found.missing) == (8, 8, 1, 2)


def test_what_an_hour_does_not_know_the_day_does_not_know() -> None:
    unknown = Reconciliation(expected=None, found=3, duplicates=0)
    known = Reconciliation(expected=3, found=3, duplicates=0)

    found = merged(
        [make_rollup(reconciliation=known), make_rollup(reconciliation=unknown, hour=NOON.plus(1))]
    )

    assert (found.expected, found.found, found.missing) == (None, 6, None)


def test_a_day_without_hours_is_empty() -> None:
    found = merge("click", DAY, [])

    assert (found.count, found.unique_users, found.latency, found.error_rate) == (0, 0, None, 0.0)
    assert found.absent == DAY.hours


@pytest.mark.parametrize(
    "rollups",
    [
        [make_rollup(), make_rollup("view", hour=NOON.plus(1))],
        [make_rollup(), make_rollup()],
        [make_rollup(hour=DAY.end)],
        [make_rollup(hour=DAY.first.plus(-1))],
    ],
    ids=["another type", "twice", "too late", "too early"],
)
def test_hours_that_do_not_belong_together_are_refused(rollups: list[HourlyRollup]) -> None:
    with pytest.raises(ValueError, match=r"Period|click"):
        merged(rollups)


def exact_part(latency: LatencySummary) -> tuple[object, ...]:
    buckets = dict(sorted(latency.buckets.items()))
    return latency.count, latency.total_ns, latency.minimum, latency.maximum, buckets
