"""What looking every day does to tests that allow one look, and to one that allows any."""

from __future__ import annotations

import pytest

from benchmarks.experiments.command import parse
from benchmarks.experiments.show import table
from benchmarks.experiments.simulate import (
    Simulated,
    false_alarms_of_split,
    simulate,
)
from benchmarks.experiments.worlds import Conversion, Revenue

A_A = Conversion("A/A", 2_500)


def test_the_same_seed_simulates_the_same() -> None:
    assert simulate(A_A, 20, seed=7) == simulate(A_A, 20, seed=7)
    assert simulate(A_A, 20, seed=7) != simulate(A_A, 20, seed=8)


@pytest.mark.slow
def test_of_1000_experiments_without_a_difference_at_most_3_in_100_find_one() -> None:
    found = simulate(A_A, 1_000, seed=1)

    assert found.experiments == 1_000
    assert found.naive >= 180
    assert found.sequential <= 30


@pytest.mark.slow
def test_capped_means_of_heavy_tails_find_nothing_where_there_is_nothing() -> None:
    found = simulate(Revenue("A/A", 300), 100, seed=1)

    assert found.naive >= 0.1 * 100
    assert found.sequential <= 0.03 * 100


@pytest.mark.slow
def test_a_planted_lift_is_found_and_its_interval_holds_it_at_every_look() -> None:
    found = simulate(Conversion("planted", 5_322, lift=0.1), 400, seed=1)

    assert found.sequential >= 0.8 * 400
    assert found.held >= 0.95 * 400


def test_a_fair_split_is_rarely_called_broken_and_a_broken_one_always() -> None:
    assert false_alarms_of_split(100_000, 0.5, 200, seed=1) <= 4
    assert false_alarms_of_split(100_000, 0.48, 50, seed=1) == 50


def test_the_table_has_a_row_for_each_kind_of_experiment() -> None:
    shown = table({A_A: Simulated(experiments=10, naive=2)})

    assert shown.row_count == 1


def test_a_thousand_experiments_are_simulated_unless_asked_otherwise() -> None:
    assert parse([]).experiments == 1_000
    assert parse(["--experiments", "20"]).experiments == 20


def test_no_experiments_are_refused() -> None:
    with pytest.raises(SystemExit):
        parse(["--experiments", "0"])
