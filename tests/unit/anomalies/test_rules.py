from __future__ import annotations

import pytest

from chalicelib.anomalies import Rules
from chalicelib.model.anomaly import Metric


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ({}, 3.0),
        ({"*": 4.0}, 4.0),
        ({"*": 4.0, "*.latency": 5.0}, 5.0),
        ({"*.latency": 5.0, "checkout": 6.0}, 6.0),
        ({"checkout": 6.0, "checkout.latency": 7.0}, 7.0),
        ({"checkout.volume": 7.0, "click": 8.0, "*.volume": 9.0}, 3.0),
    ],
    ids=str,
)
def test_the_most_particular_threshold_counts(
    thresholds: dict[str, float], expected: float
) -> None:
    rules = Rules(3.0, thresholds)

    assert rules.threshold_of("checkout", Metric.LATENCY) == expected


@pytest.mark.parametrize("mute", ["checkout.latency", "checkout", "*.latency", "*"])
def test_any_mute_that_names_the_series_counts(mute: str) -> None:
    assert Rules(mutes=frozenset({mute})).is_muted("checkout", Metric.LATENCY)


@pytest.mark.parametrize("mute", ["checkout.volume", "click", "*.volume", "_all"])
def test_a_mute_of_another_series_does_not(mute: str) -> None:
    assert not Rules(mutes=frozenset({mute})).is_muted("checkout", Metric.LATENCY)


def test_the_sum_over_all_types_has_rules_of_its_own() -> None:
    rules = Rules(3.0, {"_all.volume": 6.0}, frozenset({"_all.latency"}))

    assert rules.threshold_of("_all", Metric.VOLUME) == 6.0
    assert rules.is_muted("_all", Metric.LATENCY)
    assert rules.threshold_of("click", Metric.VOLUME) == 3.0


@pytest.mark.parametrize("name", ["", "Checkout", "checkout.speed", "checkout.latency.p99", "_x"])
def test_what_names_no_series_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f": {name}$"):
        Rules(mutes=frozenset({name}))
    with pytest.raises(ValueError, match=f": {name}$"):
        Rules(thresholds={name: 4.0})


@pytest.mark.parametrize("threshold", [0.0, -3.0, float("nan")])
def test_a_threshold_is_above_zero(threshold: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Rules(threshold)
    with pytest.raises(ValueError, match="above zero"):
        Rules(thresholds={"*": threshold})
