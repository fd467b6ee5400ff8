"""How paired ratios are summed up."""

from __future__ import annotations

import pytest

from benchmarks.ratio import Ratio


def test_the_median_is_of_the_ratios_and_not_of_the_costs() -> None:
    ratio = Ratio.of([2, 90, 40], [1, 30, 10])

    assert ratio.median == 3


def test_a_turn_that_slows_both_works_changes_nothing() -> None:
    quiet = Ratio.of([2, 3, 4], [1, 1, 1])
    busy = Ratio.of([2, 300, 4], [1, 100, 1])

    assert busy == quiet


def test_one_disturbed_turn_doesnt_move_the_median() -> None:
    ratio = Ratio.of([2, 2, 2, 2, 200], [1, 1, 1, 1, 1])

    assert ratio.median == 2


def test_the_spread_is_the_quartiles() -> None:
    ratio = Ratio.of([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])

    assert (ratio.q1, ratio.q3, ratio.n_turns) == (2, 4, 5)


def test_a_single_turn_has_no_spread() -> None:
    assert Ratio.of([3], [2]) == Ratio(q1=1.5, median=1.5, q3=1.5, n_turns=1)


def test_no_turns_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="at least one turn"):
        Ratio.of([], [])


def test_costs_that_are_not_paired_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Ratio.of([1, 2], [1])
