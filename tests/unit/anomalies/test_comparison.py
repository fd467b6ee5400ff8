"""The arithmetic of the score, by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from chalicelib.anomalies.baseline import Peers, peers_of
from chalicelib.anomalies.comparison import Comparison
from chalicelib.model.anomaly import Metric
from tests.unit.anomalies.series import DAY, MONDAY, make_series


def make_look(
    observed: float,
    expected: float = 100.0,
    spread: float = 0.0,
    metric: Metric = Metric.VOLUME,
    history: int = 6,
    n: int = 400,
) -> Comparison:
    found = peers_of(make_series([expected] * 30 * DAY), {}, MONDAY.plus(30 * DAY))
    assert found is not None
    peers = Peers(found.window, [expected] * history)
    return Comparison(
        metric=metric, peers=peers, observed=observed, n=n, expected=expected, spread=spread
    )


# Of six hours.
UNSURE = sqrt(1 + 1.5 / 6)


@pytest.mark.parametrize(
    ("metric", "expected", "chance"),
    [
        (Metric.VOLUME, 100.0, sqrt(100.375)),
        (Metric.LATENCY, 300.0, 2 * 300 / sqrt(400)),
        (Metric.ERROR_RATE, 0.02, sqrt((0.02 + 0.375 / 400) / 400)),
    ],
)
def test_where_nothing_spreads_the_scale_is_what_chance_makes(
    metric: Metric, expected: float, chance: float
) -> None:
    look = make_look(expected, expected, metric=metric)

    assert look.scale == pytest.approx(chance * UNSURE)
    assert look.score == 0


def test_a_spread_wider_than_chance_is_the_scale() -> None:
    assert make_look(100.0, spread=25.0).scale == pytest.approx(25 * UNSURE)
    assert make_look(100.0, spread=5.0).scale == pytest.approx(sqrt(100.375) * UNSURE)


def test_the_scale_is_a_twentieth_of_what_is_expected_at_least() -> None:
    look = make_look(300.0, 300.0, metric=Metric.LATENCY, n=10**12)

    assert look.scale == pytest.approx(15 * UNSURE)


@pytest.mark.parametrize("history", [4, 8, 20])
def test_the_fewer_the_hours_the_wider_the_scale(history: int) -> None:
    look = make_look(100.0, spread=25.0, history=history)

    assert look.scale == pytest.approx(25 * sqrt(1 + 1.5 / history))


def test_a_rise_is_measured_midway_between_before_and_after() -> None:
    scale = 25 * UNSURE
    growth = (1 + sqrt((400 + scale / 10) / (100 + scale / 10))) / 2

    assert make_look(400.0, spread=25.0).scale == pytest.approx(scale * growth)
    assert make_look(400.0, spread=25.0).score == pytest.approx(300 / (scale * growth))


def test_a_fall_is_measured_by_what_was_before() -> None:
    assert make_look(40.0, spread=25.0).score == pytest.approx(-60 / (25 * UNSURE))


def test_silence_is_measured_by_chance_alone() -> None:
    assert make_look(0.0, spread=70.0).score == pytest.approx(-100 / sqrt(100.375))


@pytest.mark.parametrize(
    ("observed", "matters"), [(149, False), (150, True), (67, False), (66, True)]
)
def test_what_matters_is_half_as_much_again_or_a_third_less(
    observed: float, matters: bool
) -> None:
    assert make_look(observed).matters == matters
