"""What the detector promises of every history, and of those that are clean."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.anomalies.detector import Point, Status, decide
from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour
from tests.unit.anomalies.series import DAY, MONDAY, WEEK, make_series, replay

pytestmark = pytest.mark.slow

FINITE = st.floats(allow_nan=False, allow_infinity=False)
LEVELS = st.one_of(st.floats(0, 1e9), st.integers(0, 50).map(float))
METRICS = st.sampled_from(Metric)
# As much as a planted anomaly needs around it to be sure to be found, by the documents.
ENOUGH = st.floats(20, 1e7)

# Enough for each of the baselines, and for the change from one to the next.
WEEKS = 5
STEPS = st.integers(1, 11)

# Weeks of hours are judged for each example, on machines that may be busy.
law = settings(deadline=None, max_examples=40)


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[Hour, Point], dict[Hour, Direction]]:
    """Any figures at all, repeated so that they reach back for weeks, with gaps and flags."""
    values = draw(st.lists(st.none() | FINITE | st.just(0.0), min_size=1, max_size=30))
    period = draw(st.sampled_from((1, 23, DAY, WEEK)))
    hours = draw(st.integers(1, 9 * WEEK))
    n = draw(st.integers(0, 10**20) | st.just(10**400))
    series = make_series([values[at // period % len(values)] for at in range(hours)], n)
    flagged = draw(st.dictionaries(st.integers(0, hours), st.sampled_from(Direction)))
    return series, {MONDAY.plus(at): direction for at, direction in flagged.items()}


@law
@given(METRICS, histories(), FINITE, st.floats(1, 10), st.integers(-1, 9 * WEEK))
def test_any_finite_history_has_an_answer_in_finite_figures(
    metric: Metric,
    history: tuple[dict[Hour, Point], dict[Hour, Direction]],
    value: float,
    threshold: float,
    at: int,
) -> None:
    series, flags = history
    hour = MONDAY.plus(at)
    series[hour] = Point(value, series.get(MONDAY, Point(0.0, 100)).n)

    decision = decide(metric, series, flags, hour, threshold)

    figures = (decision.observed, decision.expected, decision.scale, decision.score)
    assert all(figure is None or isfinite(figure) for figure in figures)
    assert (decision.direction is not None) == (decision.status is Status.ANOMALOUS)


@law
@given(METRICS, histories(), histories(), st.integers(0, 9 * WEEK))
def test_it_is_repeatable_and_what_comes_after_the_hour_changes_nothing(
    metric: Metric,
    history: tuple[dict[Hour, Point], dict[Hour, Direction]],
    later: tuple[dict[Hour, Point], dict[Hour, Direction]],
    at: int,
) -> None:
    series, flags = history
    hour = MONDAY.plus(at)
    # In another order, too.
    other = {h: p for h, p in later[0].items() if h > hour}
    other |= {h: series[h] for h in sorted(series, reverse=True) if h <= hour}
    other_flags = {h: d for h, d in later[1].items() if h >= hour}
    other_flags |= {h: d for h, d in flags.items() if h < hour}

    assert decide(metric, other, other_flags, hour) == decide(metric, series, flags, hour)


@law
@given(METRICS, LEVELS, STEPS)
def test_a_constant_is_never_an_anomaly(metric: Metric, level: float, step: int) -> None:
    assert_clean(metric, [level] * (WEEKS * WEEK), step)


@law
@given(METRICS, st.lists(LEVELS, min_size=DAY, max_size=DAY), STEPS)
def test_a_clean_day_is_never_an_anomaly_whatever_its_shape(
    metric: Metric, day: list[float], step: int
) -> None:
    assert_clean(metric, day * (WEEKS * 7), step)


@law
@given(
    METRICS,
    st.lists(LEVELS, min_size=DAY, max_size=DAY),
    st.lists(st.floats(1, 2.4), min_size=7, max_size=7),
    st.integers(0, WEEK - 1),
    STEPS,
)
def test_a_clean_week_is_never_an_anomaly_if_no_day_is_far_busier_than_another(
    metric: Metric, day: list[float], factors: list[float], phase: int, step: int
) -> None:
    hours = [day[(at + phase) % DAY] * factors[(at + phase) % WEEK // DAY] for at in range(WEEK)]

    assert_clean(metric, hours * WEEKS, step)


@settings(deadline=None, max_examples=10)
@given(METRICS, st.lists(LEVELS, min_size=DAY, max_size=DAY), st.data())
def test_a_clean_week_of_any_shape_is_no_anomaly_once_it_was_seen(
    metric: Metric, some: list[float], chance: st.DataObject
) -> None:
    week = chance.draw(st.permutations(some * 7))

    found = replay(make_series(week * 2 + week[:DAY]), metric)

    assert [at for at in found if at >= WEEK] == []


@law
@given(ENOUGH, st.integers(25, WEEKS * WEEK))
def test_three_times_a_constant_is_found_and_so_is_its_silence(level: float, at: int) -> None:
    history = [level] * at

    assert direction_of([*history, 3 * level]) is Direction.ABOVE
    assert direction_of([*history, 0.0]) is Direction.NO_DATA


@law
@given(
    st.lists(ENOUGH, min_size=DAY, max_size=DAY),
    st.integers(0, 23),
    st.integers(WEEK, WEEKS * WEEK),
)
def test_three_times_a_clean_days_hour_is_found_after_a_week_and_so_is_its_silence(
    day: list[float], phase: int, at: int
) -> None:
    history = [day[(hour + phase) % DAY] for hour in range(at + 1)]
    usual = history.pop()

    assert direction_of([*history, 3 * usual]) is Direction.ABOVE
    assert direction_of([*history, 0.0]) is Direction.NO_DATA


@law
@given(st.lists(ENOUGH, min_size=WEEK, max_size=WEEK), st.integers(4 * WEEK, 6 * WEEK))
def test_three_times_a_clean_weeks_hour_is_found_after_four_weeks_and_so_is_its_silence(
    week: list[float], at: int
) -> None:
    history = [week[hour % WEEK] for hour in range(at + 1)]
    usual = history.pop()

    assert direction_of([*history, 3 * usual]) is Direction.ABOVE
    assert direction_of([*history, 0.0]) is Direction.NO_DATA


@law
@given(METRICS, histories(), st.data(), st.floats(3, 6), st.floats(0, 3))
def test_a_higher_threshold_finds_nothing_more(
    metric: Metric,
    history: tuple[dict[Hour, Point], dict[Hour, Direction]],
    data: st.DataObject,
    threshold: float,
    more: float,
) -> None:
    series, flags = history
    assume(series)
    hour = data.draw(st.sampled_from(sorted(series)))

    if decide(metric, series, flags, hour, threshold + more).status is Status.ANOMALOUS:
        assert decide(metric, series, flags, hour, threshold).status is Status.ANOMALOUS


def assert_clean(metric: Metric, values: list[float], step: int) -> None:
    """Judge every hour, or every second, and so on; a replay would do so too, with no flags."""
    series = make_series(values)
    hours = sorted(series)[::step]

    assert [hour for hour in hours if decide(metric, series, {}, hour).direction] == []


def direction_of(values: list[float]) -> Direction | None:
    series = make_series(values)
    return decide(Metric.VOLUME, series, {}, max(series)).direction
