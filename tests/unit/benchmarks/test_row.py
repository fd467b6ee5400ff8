"""By what a figure is judged."""

from __future__ import annotations

import pytest

from benchmarks.row import MIB, Other, Scale, measured, millis, per_second
from tests.unit.benchmarks.builders import make_comparison, make_ratio, make_row


@pytest.mark.parametrize(
    ("median", "is_met"), [(1.59, True), (1.6, True), (1.61, False)], ids=["below", "at", "above"]
)
def test_a_target_is_judged_by_the_median_ratio(median: float, is_met: bool) -> None:
    comparison = make_comparison(ratio=make_ratio(median=median, q3=2.0), at_most=1.6)

    assert comparison.is_met is is_met


def test_a_comparison_without_a_target_has_no_verdict() -> None:
    assert make_comparison(at_most=None).is_met is None


def test_a_figure_has_no_verdict_of_its_own() -> None:
    assert make_row(make_comparison(at_most=1)).is_met is None


@pytest.mark.parametrize(("figure", "is_met"), [(2_048, True), (2_049, False)])
def test_memory_can_be_bounded_in_its_unit(figure: float, is_met: bool) -> None:
    assert make_row(figure=figure, unit="MiB", at_most=2_048).is_met is is_met


def test_a_ratio_is_of_costs_even_where_the_figure_is_a_rate() -> None:
    floor = Other(kind="floor", name="the least", costs=[1, 1])

    row = measured("a stage", [2, 2], per_second(100), floor)

    [comparison] = row.comparisons
    assert (row.figure, comparison.figure) == (50, 100)
    assert comparison.ratio.median == 2


def test_a_machine_half_as_fast_gets_the_same_verdict() -> None:
    quick = measured(
        "x", [3, 3], millis(), Other(kind="floor", name="", costs=[2, 2], at_most=1.6)
    )
    slow = measured("x", [6, 6], millis(), Other(kind="floor", name="", costs=[4, 4], at_most=1.6))

    assert slow.figure == 2 * quick.figure
    assert slow.comparisons[0].is_met is quick.comparisons[0].is_met is True


def test_each_of_several_comparisons_is_judged_by_itself() -> None:
    floor = Other(kind="floor", name="the least", costs=[1], at_most=1.5)
    peer = Other(kind="peer", name="another tool", costs=[3], at_most=0.9)

    row = measured("a stage", [2], MIB, floor, peer)

    assert [comparison.is_met for comparison in row.comparisons] == [False, True]


@pytest.mark.parametrize(
    ("scale", "cost", "figure"),
    [(millis(), 0.5, 500), (millis(calls=100), 0.5, 5), (per_second(100), 0.5, 200)],
    ids=["seconds", "seconds of many calls", "a rate"],
)
def test_costs_are_shown_in_units_for_people(scale: Scale, cost: float, figure: float) -> None:
    assert scale.of(cost) == figure
