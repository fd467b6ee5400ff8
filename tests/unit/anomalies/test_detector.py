from __future__ import annotations

import math
import random

import pytest

from chalicelib.anomalies.detector import (
    LOOKBACK_HOURS,
    Decision,
    Point,
    Status,
    decide,
    series_of,
)
from chalicelib.model.anomaly import Baseline, Direction, Metric, Withheld
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from tests.unit.anomalies.series import (
    DAY,
    MONDAY,
    WEEK,
    by_day,
    by_week,
    flat,
    hours_of,
    last_of,
    make_series,
    noisy,
    replay,
)


def test_an_hour_without_a_figure_is_missing_and_not_zero() -> None:
    decision = decide(Metric.VOLUME, make_series([100.0] * 200), {}, MONDAY.plus(200))

    assert decision.status is Status.MISSING
    assert decision.observed is None


def test_a_first_day_is_too_little_history() -> None:
    decisions = [last_of([100.0] * n + [900.0]) for n in range(DAY + 1)]

    assert {decision.status for decision in decisions} == {Status.INSUFFICIENT_HISTORY}
    assert last_of([100.0] * 25 + [900.0]).status is Status.ANOMALOUS


@pytest.mark.parametrize(
    ("hours", "baseline", "history"),
    [
        (30, Baseline.TRAILING, 5),
        (3 * DAY, Baseline.TRAILING, 13),
        (WEEK - 1, Baseline.TRAILING, 20),
        (WEEK, Baseline.HOUR_OF_DAY, 7),
        (3 * WEEK, Baseline.HOUR_OF_DAY, 14),
        (4 * WEEK, Baseline.HOUR_OF_WEEK, 4),
        (12 * WEEK, Baseline.HOUR_OF_WEEK, 8),
    ],
)
def test_the_baseline_is_the_best_that_history_allows(
    hours: int, baseline: Baseline, history: int
) -> None:
    decision = last_of(hours_of(by_day(500), hours + 1))

    assert (decision.baseline, decision.history) == (baseline, history)


@pytest.mark.parametrize("weeks", [1, 2, 5, 9])
@pytest.mark.parametrize(
    ("factor", "direction"),
    [(3.0, Direction.ABOVE), (0.3, Direction.BELOW), (0.0, Direction.NO_DATA)],
    ids=["surge", "dip", "silence"],
)
def test_volume_is_judged_both_ways(weeks: int, factor: float, direction: Direction) -> None:
    values = noisy(by_day(500), weeks * WEEK + 12)

    decision = last_of([*values, values[-DAY] * factor])

    assert decision.direction is direction
    assert decision.is_rising


@pytest.mark.parametrize("metric", [Metric.LATENCY, Metric.ERROR_RATE])
def test_of_latency_and_errors_only_a_rise_is_bad_news(metric: Metric) -> None:
    usual = 0.3 if metric is Metric.ERROR_RATE else 300.0

    assert last_of([usual] * 700 + [usual * 3], metric).direction is Direction.ABOVE
    assert last_of([usual] * 700 + [usual / 10], metric).status is Status.NORMAL
    assert last_of([usual] * 700 + [0.0], metric).status is Status.NORMAL


def test_a_weekend_is_expected_after_four_weeks_and_a_busy_one_stands_out() -> None:
    level = by_week(1_000)
    saturday = 6 * WEEK + 5 * DAY + 14
    values = noisy(level, saturday)

    assert last_of([*values, level(saturday)]).status is Status.NORMAL
    assert last_of([*values, level(saturday - DAY)]).direction is Direction.ABOVE


def test_a_flat_history_does_not_make_every_wobble_an_anomaly() -> None:
    assert last_of([1_000.0] * 700 + [1_400.0]).status is Status.NORMAL
    assert last_of([1_000.0] * 700 + [700.0]).status is Status.NORMAL
    assert last_of([300.0] * 700 + [420.0], Metric.LATENCY, n=10**9).status is Status.NORMAL


def test_the_score_on_a_flat_history_stays_in_proportion() -> None:
    decision = last_of([300.0] * 700 + [900.0], Metric.LATENCY, n=10**9)

    assert decision.score is not None
    assert 10 < decision.score < 50


@pytest.mark.parametrize(
    ("metric", "usual", "worse"),
    [
        (Metric.VOLUME, 3.0, 11.0),
        (Metric.LATENCY, 3.0, 12.0),
        (Metric.ERROR_RATE, 0.001, 0.02),
    ],
)
def test_a_departure_that_is_large_only_beside_next_to_nothing_does_not_matter(
    metric: Metric, usual: float, worse: float
) -> None:
    assert last_of([usual] * 700 + [worse], metric, n=10**6).status is Status.NORMAL


def test_few_events_make_a_share_and_a_p95_less_sure() -> None:
    shares = [0.02] * 700 + [0.06]
    latencies = [200.0] * 700 + [500.0]

    assert last_of(shares, Metric.ERROR_RATE, n=60).status is Status.NORMAL
    assert last_of(shares, Metric.ERROR_RATE, n=6_000).status is Status.ANOMALOUS
    assert last_of(latencies, Metric.LATENCY, n=10).status is Status.NORMAL
    assert last_of(latencies, Metric.LATENCY, n=500).status is Status.ANOMALOUS


def test_a_series_that_swings_is_judged_by_how_it_swings() -> None:
    steady = noisy(flat(500), 6 * WEEK, spread=0.05)
    unsteady = noisy(flat(500), 6 * WEEK, spread=0.4)

    assert last_of([*steady, 900.0]).status is Status.ANOMALOUS
    assert last_of([*unsteady, 900.0]).status is Status.NORMAL


def test_the_hours_of_the_last_week_set_the_spread_however_alike_those_compared_with() -> None:
    chance = random.Random(1)
    end = 6 * WEEK
    values = [chance.uniform(350.0, 650.0) for _ in range(end)]
    values[end % WEEK :: WEEK] = [500.0] * 6

    assert last_of([*values, 900.0]).status is Status.NORMAL
    assert last_of([500.0] * end + [900.0]).status is Status.ANOMALOUS


def test_what_the_last_week_saw_is_no_news() -> None:
    values = noisy(flat(500), 6 * WEEK)
    values[-50] = 1_500.0
    series = make_series([*values, 1_550.0])

    assert decide(Metric.VOLUME, series, {}, max(series)).status is Status.NORMAL
    flags = {MONDAY.plus(len(values) - 50): Direction.ABOVE}
    assert decide(Metric.VOLUME, series, flags, max(series)).status is Status.ANOMALOUS


def test_a_threshold_that_is_higher_takes_more() -> None:
    series = make_series([*noisy(flat(500), 6 * WEEK), 900.0])

    def status(threshold: float) -> Status:
        return decide(Metric.VOLUME, series, {}, max(series), threshold).status

    assert status(3.0) is Status.ANOMALOUS
    assert status(30.0) is Status.NORMAL


def test_hours_that_were_found_anomalous_leave_the_baseline() -> None:
    values = [100.0] * (6 * WEEK) + [300.0]
    raised = [6 * WEEK - WEEK * back for back in (3, 4, 5, 6)]
    for at in raised:
        values[at] = 300.0
    series = make_series(values)
    flags = {MONDAY.plus(at): Direction.ABOVE for at in raised}

    taken_for_normal = decide(Metric.VOLUME, series, {}, max(series))
    left_out = decide(Metric.VOLUME, series, flags, max(series))

    assert (taken_for_normal.status, taken_for_normal.expected) == (Status.NORMAL, 300)
    assert (left_out.status, left_out.expected) == (Status.ANOMALOUS, 100)


def test_one_spike_does_not_hide_the_next() -> None:
    values = noisy(by_day(500), 6 * WEEK)
    for at in (5 * WEEK + 10, 5 * WEEK + 30, 5 * WEEK + 61):
        values[at] *= 3

    assert sorted(replay(make_series(values))) == [5 * WEEK + n for n in (10, 30, 61)]


@pytest.mark.slow
@pytest.mark.parametrize("factor", [3.0, 0.25], ids=["up", "down"])
@pytest.mark.parametrize("weeks", [3, 6])
def test_a_lasting_shift_alerts_once_and_is_normal_after_two_days(
    weeks: int, factor: float
) -> None:
    level, shift = by_day(500), weeks * WEEK + 30
    values = noisy(level, shift) + noisy(lambda at: level(shift + at) * factor, 8 * WEEK)

    found = replay(make_series(values))

    assert [at for at, decision in found.items() if decision.is_rising] == [shift]
    assert max(found) <= shift + 2 * DAY


def test_a_shift_of_the_first_days_is_normal_after_two_more() -> None:
    found = replay(make_series(noisy(flat(100), 50) + noisy(flat(400), 2 * WEEK)))

    assert [at for at, decision in found.items() if decision.is_rising] == [50]
    assert max(found) <= 50 + 2 * DAY


def test_after_a_shift_a_spike_and_a_silence_stand_out_by_the_new_level() -> None:
    shift = 5 * WEEK
    values = noisy(flat(200), shift) + noisy(flat(600), WEEK)

    assert last_of([*values, 1_800.0]).direction is Direction.ABOVE
    assert last_of([*values, 0.0]).direction is Direction.NO_DATA


@pytest.mark.slow
def test_a_type_that_is_abandoned_alerts_once_and_may_come_back() -> None:
    values = noisy(flat(200), 5 * WEEK) + [0.0] * WEEK + noisy(flat(200), WEEK)

    found = replay(make_series(values))

    assert [at for at, decision in found.items() if decision.is_rising] == [5 * WEEK]
    assert max(found) <= 5 * WEEK + 2 * DAY


@pytest.mark.parametrize("step", [DAY, WEEK], ids=["nightly", "weekly"])
def test_a_new_job_alerts_twice_and_is_then_known(step: int) -> None:
    values = noisy(flat(500), 12 * WEEK)
    for at in range(5 * WEEK + 3, len(values), step):
        values[at] = 5_000.0

    found = replay(make_series(values))

    assert list(found) == [5 * WEEK + 3, 5 * WEEK + 3 + step]


@pytest.mark.slow
def test_growth_is_no_anomaly() -> None:
    level = by_week(300)

    assert replay(make_series(noisy(lambda at: level(at) * 1.1 ** (at / WEEK), 10 * WEEK))) == {}


def test_an_episode_alerts_once_although_it_flickers() -> None:
    values = noisy(flat(500), 5 * WEEK + 40)
    for at in (0, 1, 2, 5, 6, 11, 20):
        values[5 * WEEK + at] = 2_000.0

    rising = {at - 5 * WEEK: one.is_rising for at, one in replay(make_series(values)).items()}

    assert rising == {0: True, 1: False, 2: False, 5: False, 6: False, 11: False, 20: True}


def test_a_dip_that_ends_in_silence_is_one_episode_and_the_rush_after_it_another() -> None:
    values = [*noisy(flat(500), 5 * WEEK), 100.0, 0.0, 0.0, 2_500.0]

    found = replay(make_series(values))

    assert [(one.direction, one.is_rising) for one in found.values()] == [
        (Direction.BELOW, True),
        (Direction.NO_DATA, False),
        (Direction.NO_DATA, False),
        (Direction.ABOVE, True),
    ]


def test_a_missing_hour_ends_no_history_and_is_no_silence() -> None:
    values: list[float | None] = [*noisy(by_day(500), 6 * WEEK)]
    for at in range(5 * WEEK, 5 * WEEK + 40):
        values[at] = None

    assert replay(make_series(values)) == {}


@pytest.mark.parametrize(("usual", "is_silence"), [(14.0, False), (16.0, True)])
def test_a_zero_is_silence_only_where_enough_is_expected(usual: float, is_silence: bool) -> None:
    decision = last_of([*[usual] * 700, 0.0])

    assert (decision.direction is Direction.NO_DATA) == is_silence


def test_a_zero_is_no_silence_where_zeros_are_usual() -> None:
    values = [0.0 if at % 5 == 0 else 200.0 for at in range(6 * WEEK + 1)]

    assert last_of([*values, 0.0]).status is Status.NORMAL


def test_silence_is_found_however_a_series_swings() -> None:
    chance = random.Random(1)
    values = [chance.choice((150.0, 500.0, 1_500.0)) for _ in range(6 * WEEK)]

    assert last_of([*values, 0.0]).direction is Direction.NO_DATA
    assert last_of([*values, 100.0]).status is Status.NORMAL


def test_a_zero_at_a_quiet_hour_does_not_hide_a_silence_at_a_busy_one() -> None:
    values = [40.0 if 8 <= at % DAY < 18 else 12.0 for at in range(5 * WEEK + 12)]
    values[5 * WEEK + 2] = 0.0

    assert last_of([*values, 0.0]).direction is Direction.NO_DATA


def test_quiet_nights_do_not_hide_a_silence_by_day() -> None:
    def office_hours(at: int) -> float:
        return 400.0 if 8 <= at % DAY < 18 else 0.0

    values = noisy(office_hours, 5 * WEEK + 12)

    assert replay(make_series(values)) == {}
    assert last_of([*values, 0.0]).direction is Direction.NO_DATA


def test_restless_nights_of_few_events_do_not_hide_a_surge_by_day() -> None:
    chance = random.Random(1)
    values = [
        400.0 if 8 <= at % DAY < 18 else float(chance.choice((0, 0, 0, 1, 2, 4)))
        for at in range(5 * WEEK + 12)
    ]

    assert last_of([*values, 800.0]).direction is Direction.ABOVE


def test_restless_nights_of_few_latencies_do_not_hide_a_slow_day() -> None:
    chance = random.Random(1)

    def point(at: int) -> Point:
        if 8 <= at % DAY < 18:
            return Point(300.0, 2_000)
        return Point(chance.choice((150.0, 300.0, 1_500.0)), 40)

    series = {MONDAY.plus(at): point(at) for at in range(5 * WEEK + 12)}
    hour = MONDAY.plus(5 * WEEK + 12)
    series[hour] = Point(600.0, 2_000)

    assert decide(Metric.LATENCY, series, {}, hour).direction is Direction.ABOVE


def test_odd_bursts_out_of_nothing_alert_first_and_then_only_when_larger() -> None:
    values = [0.0] * (6 * WEEK)
    for at in (500, 530, 570, 610, 640):
        values[at] = 80.0
    values[660] = 900.0

    assert list(replay(make_series(values))) == [500, 660]


def test_before_a_weekend_is_seen_it_takes_more() -> None:
    values = noisy(by_day(1_000, 0.5), 5 * DAY)
    expected = by_day(1_000, 0.5)(5 * DAY)

    assert last_of([*values, expected * 2]).status is Status.NORMAL
    assert last_of([*values, expected / 5]).status is Status.NORMAL
    assert last_of([*values, expected * 3.5]).status is Status.ANOMALOUS
    assert last_of([*values, 0.0]).direction is Direction.NO_DATA


@pytest.mark.parametrize("at", range(26, 50))
def test_six_times_the_events_are_found_at_any_hour_of_the_second_day(at: int) -> None:
    level = by_day(300, 0.8)
    values = noisy(level, at, seed=at)

    assert replay(make_series(values)) == {}
    assert last_of([*values, level(at) * 6]).direction is Direction.ABOVE


def test_an_anomaly_says_why_and_whether_it_continues_an_earlier_one() -> None:
    series = make_series([*noisy(flat(500), 5 * WEEK), 2_000.0])
    flags = {MONDAY.plus(5 * WEEK - 1): Direction.ABOVE}

    def explained(flags: dict[Hour, Direction]) -> str:
        decision = decide(Metric.VOLUME, series, flags, max(series))
        return decision.to_anomaly("click", Metric.VOLUME, max(series)).explanation

    assert explained({}).startswith("Volume is above its history: 2,000 events, where 5")
    assert explained({}).endswith(", the threshold 3.")
    assert explained(flags).endswith(", the threshold 3. It continues an earlier anomaly.")


def test_an_anomalous_hour_is_an_anomaly_and_a_normal_one_is_not() -> None:
    decision = last_of([100.0] * 200 + [900.0])

    anomaly = decision.to_anomaly("click", Metric.VOLUME, MONDAY, withheld=Withheld.MUTED)

    assert str(anomaly) == "click.volume above 2026-01-05T00:00:00Z"
    assert (anomaly.observed, anomaly.expected, anomaly.score) == (900, 100, decision.score)
    assert anomaly.withheld is Withheld.MUTED
    with pytest.raises(ValueError, match="normal"):
        last_of([100.0] * 200).to_anomaly("click", Metric.VOLUME, MONDAY)


def test_what_lies_before_the_lookback_changes_nothing() -> None:
    values = noisy(by_week(500), 11 * WEEK)
    series = make_series([*values, 2_500.0])
    hour = max(series)
    recent = {h: p for h, p in series.items() if h >= hour.plus(-LOOKBACK_HOURS)}

    assert decide(Metric.VOLUME, recent, {}, hour) == decide(Metric.VOLUME, series, {}, hour)


def test_an_hour_without_the_type_is_a_zero_once_it_was_seen() -> None:
    click = Figures(events=5)
    figures = {
        MONDAY: {"_all": Figures(0)},
        MONDAY.plus(1): {"click": click, "_all": click},
        MONDAY.plus(2): {"_all": Figures(0)},
        MONDAY.plus(4): {"click": click, "_all": click},
    }

    assert series_of(figures, "click", Metric.VOLUME) == {
        MONDAY.plus(1): Point(5.0, 5),
        MONDAY.plus(2): Point(0.0, 0),
        MONDAY.plus(4): Point(5.0, 5),
    }
    assert series_of(figures, "view", Metric.VOLUME) == {}


def test_latency_and_errors_say_nothing_below_so_many_events() -> None:
    few = Figures(events=49, errors=10, latencies=29, latency_p95_ms=80.0)
    enough = Figures(events=50, errors=10, latencies=30, latency_p95_ms=80.0)
    figures = {MONDAY: {"click": few}, MONDAY.plus(1): {"click": enough}, MONDAY.plus(2): {}}

    assert series_of(figures, "click", Metric.LATENCY) == {MONDAY.plus(1): Point(80.0, 30)}
    assert series_of(figures, "click", Metric.ERROR_RATE) == {MONDAY.plus(1): Point(0.2, 50)}


def test_a_type_without_latencies_has_no_latency() -> None:
    figures = {MONDAY: {"click": Figures(events=1_000)}}

    assert series_of(figures, "click", Metric.LATENCY) == {}


def test_the_first_judgement_of_a_new_type_waits_for_a_day() -> None:
    figures = {
        MONDAY.plus(at): {"click": Figures(500)} if at >= 300 else {"_all": Figures(1)}
        for at in range(310)
    }
    series = series_of(figures, "click", Metric.VOLUME)

    decision: Decision = decide(Metric.VOLUME, series, {}, MONDAY.plus(305))

    assert decision.status is Status.INSUFFICIENT_HISTORY


def test_a_silence_that_begins_in_quiet_hours_is_found_when_the_busy_ones_are_silent() -> None:
    # Between night and day lie hours of about as many events as it takes to miss them.
    values = noisy(by_day(25, swing=0.9), 7 * WEEK, spread=0.0)
    silent = range(6 * WEEK + 4, 6 * WEEK + 20)

    found = replay(make_series([0.0 if at in silent else v for at, v in enumerate(values)]))

    assert [at for at, one in found.items() if one.is_rising and at in silent] != []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_growth_by_a_twentieth_a_day_is_seldom_an_anomaly(seed: int) -> None:
    def growing(at: int) -> float:
        return by_day(200, swing=0.5)(at) * math.exp(0.05 * at / DAY)

    found = replay(make_series(noisy(growing, 4 * WEEK, seed, spread=0.1)))

    assert sum(one.is_rising for one in found.values()) <= 1


@pytest.mark.parametrize("metric", Metric)
def test_the_largest_figures_have_finite_scores(metric: Metric) -> None:
    values = [1e180 * (1 + at % 5) for at in range(5 * WEEK)]

    decision = last_of([*values, 3e180], metric)

    assert decision.score is not None
    assert decision.scale is not None
    assert math.isfinite(decision.score)
    assert math.isfinite(decision.scale)


def test_what_dies_at_a_weekend_without_events_is_found_on_monday() -> None:
    def office_hours(at: int) -> float:
        return 60.0 if at % WEEK < 5 * DAY and 8 <= at % DAY < 18 else 0.0

    values = [*noisy(office_hours, 6 * WEEK, spread=0.0), *[0.0] * 18]

    found = replay(make_series(values))

    assert found[6 * WEEK + 8].is_rising
    assert found[6 * WEEK + 8].direction is Direction.NO_DATA


def test_an_hour_that_folded_its_smallest_types_says_nothing_of_a_type_it_does_not_show() -> None:
    figures = {
        MONDAY: {"click": Figures(9)},
        MONDAY.plus(1): {"_other": Figures(700)},
        MONDAY.plus(2): {"view": Figures(1)},
        MONDAY.plus(3): {"click": Figures(8), "_other": Figures(700)},
    }

    assert series_of(figures, "click", Metric.VOLUME) == {
        MONDAY: Point(9.0, 9),
        MONDAY.plus(2): Point(0.0, 0),
        MONDAY.plus(3): Point(8.0, 8),
    }
