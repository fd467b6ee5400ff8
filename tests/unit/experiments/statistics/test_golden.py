"""Every number equals that of an independent implementation to 1e-9."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.experiments.statistics import chi_square, student
from chalicelib.experiments.statistics.cuped import adjust
from chalicelib.experiments.statistics.fixed_horizon import (
    two_proportions,
    welch,
    welch_interval,
)
from chalicelib.experiments.statistics.holm import holm
from chalicelib.experiments.statistics.lift import fieller
from chalicelib.experiments.statistics.sample import Sample
from chalicelib.experiments.statistics.sample_ratio import check_split
from chalicelib.experiments.statistics.sequential import Sequential, standard_error
from tests.unit.experiments.golden import GOLDEN, about, moments_of_sums, sample_of_sums

type Case = dict[str, Any]
GBSTATS = GOLDEN["gbstats"]


@pytest.mark.parametrize("case", GOLDEN["t_two_sided_tail"]["cases"])
def test_the_tail_of_t(case: Case) -> None:
    assert student.two_sided_tail(case["t"], case["df"]) == about(case["p"])
    assert student.two_sided_tail(-case["t"], case["df"]) == about(case["p"])


@pytest.mark.parametrize("case", GOLDEN["t_critical"]["cases"])
def test_the_critical_value_of_t(case: Case) -> None:
    assert student.critical(case["alpha"], case["df"]) == about(case["t"])


@pytest.mark.parametrize("case", GOLDEN["chi2_tail"]["cases"])
def test_the_tail_of_chi_square(case: Case) -> None:
    assert chi_square.tail(case["x"], case["df"]) == about(case["p"])


@pytest.mark.parametrize("case", GOLDEN["two_proportions_pooled"]["cases"])
def test_two_proportions(case: Case) -> None:
    tested = two_proportions(
        Sample.of_conversions(case["n_a"], case["x_a"]),
        Sample.of_conversions(case["n_b"], case["x_b"]),
    )

    assert tested
    assert tested.statistic == about(case["z"])
    assert tested.p == about(case["p"])


@pytest.mark.parametrize("case", GOLDEN["welch"]["cases"])
def test_welch(case: Case) -> None:
    a, b = sample_of_sums(case["a"]), sample_of_sums(case["b"])

    tested, interval = welch(a, b), welch_interval(a, b, 0.05)

    assert tested
    assert interval
    assert [tested.statistic, tested.df, tested.p] == about([case["t"], case["df"], case["p"]])
    assert [interval.low, interval.high] == about(case["ci"])


@pytest.mark.parametrize("case", GOLDEN["holm"]["cases"])
def test_holm(case: Case) -> None:
    assert holm(case["p"]) == about(case["adjusted"])


@pytest.mark.parametrize("case", GOLDEN["lift_fieller"]["cases"])
def test_the_lift(case: Case) -> None:
    lift = fieller(
        Sample(case["n_a"], case["mean_a"], case["var_a"]),
        Sample(case["n_b"], case["mean_b"], case["var_b"]),
        case["critical"],
    )

    assert lift
    assert [lift.low, lift.high] == about(case["lift"])


@pytest.mark.parametrize("case", GOLDEN["sequential"]["cases"])
def test_the_sequential_critical_value(case: Case) -> None:
    sequential = Sequential(case["alpha"], case["n_star"])

    assert sequential.rho_squared == about(case["rho2"])
    assert sequential.critical(case["n"]) == about(case["critical"])


@pytest.mark.parametrize("case", GBSTATS["sequential_proportion"])
def test_the_sequential_test_of_shares(case: Case) -> None:
    a = Sample.of_conversions(case["n_a"], case["x_a"])
    b = Sample.of_conversions(case["n_b"], case["x_b"])

    assert_sequential(a, b, Sequential(case["alpha"], case["n_star"]), case["absolute"])


@pytest.mark.parametrize("case", GBSTATS["sequential_mean"])
def test_the_sequential_test_of_means(case: Case) -> None:
    a, b = sample_of_sums(case["a"]), sample_of_sums(case["b"])

    assert_sequential(a, b, Sequential(case["alpha"], case["n_star"]), case["absolute"]["seq"])
    assert_fixed(a, b, case["absolute"]["fixed"])


@pytest.mark.parametrize("case", GBSTATS["cuped"])
def test_cuped(case: Case) -> None:
    arms = {"a": moments_of_sums(case["a"]), "b": moments_of_sums(case["b"])}

    adjusted = adjust(arms)

    assert adjusted
    a, b = adjusted.samples["a"], adjusted.samples["b"]
    assert adjusted.theta == about(case["theta"])
    assert a.variance == about(case["adjusted_variance_a"])
    assert b.variance == about(case["adjusted_variance_b"])
    assert b.mean - a.mean == about(case["absolute"]["expected"])
    assert_fixed(a, b, case["absolute"])
    assert_sequential(a, b, Sequential(0.05, 5_000), case["sequential_5000"])


@pytest.mark.parametrize("case", GBSTATS["srm"])
def test_the_sample_ratio(case: Case) -> None:
    users = {str(at): count for at, count in enumerate(case["counts"])}
    weights = {str(at): weight for at, weight in enumerate(case["weights"])}

    assert check_split(users, weights).p == about(case["p"])


def assert_sequential(a: Sample, b: Sample, sequential: Sequential, expected: Case) -> None:
    difference, error, n = b.mean - a.mean, standard_error(a, b), a.n + b.n
    half = sequential.critical(n) * error

    assert [difference - half, difference + half] == about(expected["ci"])
    assert sequential.p(difference / error, n) == about(expected["p"])


def assert_fixed(a: Sample, b: Sample, expected: Case) -> None:
    tested, interval = welch(a, b), welch_interval(a, b, 0.05)

    assert tested
    assert interval
    assert tested.p == about(expected["p"])
    assert [interval.low, interval.high] == about(expected["ci"])
