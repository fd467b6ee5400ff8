from __future__ import annotations

import random
import statistics

import pytest

from benchmarks.detector import z_score
from chalicelib.model.anomaly import Metric
from ops.backtest.case import Case
from tests.unit.anomalies.series import MONDAY, make_series


def make_case(values: list[float], metric: Metric = Metric.VOLUME) -> Case:
    return Case(name="x", metric=metric, series=make_series(values))


def test_it_is_the_z_score_over_all_hours_before() -> None:
    chance = random.Random(1)
    values = [chance.gauss(100, 10) for _ in range(300)]
    z = (values[-1] - statistics.fmean(values[:-1])) / statistics.pstdev(values[:-1])

    def beyond(threshold: float) -> bool:
        return MONDAY.plus(299) in z_score.beyond(make_case(values), threshold)

    assert beyond(abs(z) - 1e-9)
    assert not beyond(abs(z) + 1e-9)


def test_the_first_day_and_a_flat_history_are_not_judged() -> None:
    assert z_score.beyond(make_case([1.0, 2.0] * 11 + [900.0])) == []
    assert z_score.beyond(make_case([5.0] * 100 + [900.0])) == []


@pytest.mark.parametrize(("metric", "found"), [(Metric.VOLUME, 2), (Metric.LATENCY, 1)])
def test_falls_count_for_volume_alone(metric: Metric, found: int) -> None:
    values = [100.0, 102.0] * 50 + [300.0] + [101.0] * 50 + [0.0]

    assert len(z_score.beyond(make_case(values, metric), 3)) == found


def test_only_the_first_hour_of_a_run_is_rising() -> None:
    values = [100.0, 102.0] * 50 + [300.0, 300.0, 101.0, 300.0]

    assert z_score.rising(make_case(values)) == [MONDAY.plus(100), MONDAY.plus(103)]
