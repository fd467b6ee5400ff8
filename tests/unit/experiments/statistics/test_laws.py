"""What must hold of the statistics for all samples."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.experiments.comparison import Compared, Tally, compare
from chalicelib.experiments.statistics import chi_square, normal, student
from chalicelib.experiments.statistics.holm import holm
from chalicelib.experiments.statistics.lift import fieller
from chalicelib.experiments.statistics.sample import Sample
from chalicelib.experiments.statistics.sample_ratio import check_split
from chalicelib.experiments.statistics.sample_size import power, users_in_pair, users_per_arm
from chalicelib.experiments.statistics.sequential import Sequential, standard_error
from chalicelib.model.experiment import MetricKind

means = st.floats(0.01, 1e6)
samples = st.builds(
    lambda n, mean, spread: Sample(n, mean, (mean * spread) ** 2),
    st.integers(100, 10_000_000),
    means,
    st.floats(0.01, 30),
)
criticals = st.floats(1, 10)
alphas = st.sampled_from([0.05, 0.025, 0.01, 0.001])
sequentials = st.builds(Sequential, alphas, st.integers(100, 10_000_000))


@given(samples, samples, criticals)
def test_fieller_excludes_zero_exactly_when_the_difference_is_significant(
    a: Sample, b: Sample, critical: float
) -> None:
    z = (b.mean - a.mean) / standard_error(a, b)
    assume(not math.isclose(abs(z), critical, rel_tol=1e-9))
    lift = fieller(a, b, critical)

    if lift is not None:
        assert lift.excludes_zero == (abs(z) > critical)


@given(samples, samples, criticals)
def test_the_ends_of_fieller_are_where_the_test_of_that_lift_turns(
    a: Sample, b: Sample, critical: float
) -> None:
    lift = fieller(a, b, critical)
    assume(lift is not None)
    assert lift is not None

    for end in (lift.low, lift.high):
        ratio = 1 + end
        distance = abs(b.mean - ratio * a.mean)
        error = math.sqrt(b.mean_variance + ratio**2 * a.mean_variance)
        assert distance == pytest.approx(
            critical * error, rel=1e-6, abs=1e-9 * max(a.mean, b.mean)
        )


@given(samples, samples, criticals)
def test_the_lift_is_within_its_interval(a: Sample, b: Sample, critical: float) -> None:
    lift = fieller(a, b, critical)

    if lift is not None:
        rounding = 1e-12 * (1 + abs(lift.value))
        assert lift.low - rounding <= lift.value <= lift.high + rounding


def test_a_variant_in_which_nobody_has_a_value_lost_everything() -> None:
    lift = fieller(Sample(1_000, 2.0, 1.0), Sample(1_000, 0.0, 0.0), 3.0)

    assert lift
    assert (lift.low, lift.value, lift.high) == (-1, -1, -1)


def test_a_variant_below_zero_has_its_ends_in_order() -> None:
    lift = fieller(Sample(1_000, 2.0, 1.0), Sample(1_000, -1.0, 1.0), 3.0)

    assert lift
    assert lift.low < lift.value == -1.5 < lift.high < -1


@given(samples, samples, criticals)
def test_a_control_that_is_uncertain_has_no_lift(a: Sample, b: Sample, critical: float) -> None:
    is_uncertain = a.mean <= critical * math.sqrt(a.mean_variance)

    if not math.isclose(a.mean, critical * math.sqrt(a.mean_variance), rel_tol=1e-9):
        assert (fieller(a, b, critical) is None) == is_uncertain


@given(samples, samples, sequentials)
def test_swapping_the_variants_flips_the_sign_and_keeps_p(
    a: Sample, b: Sample, sequential: Sequential
) -> None:
    there = compare(MetricKind.SUM, tally(a), tally(b), sequential)
    back = compare(MetricKind.SUM, tally(b), tally(a), sequential)
    assume(isinstance(there, Compared) and isinstance(back, Compared))
    assert isinstance(there, Compared)
    assert isinstance(back, Compared)

    assert there.difference.value == -back.difference.value
    assert there.difference.low == pytest.approx(-back.difference.high)
    assert there.p == back.p
    assert there.fixed_horizon_p == pytest.approx(back.fixed_horizon_p)


@given(samples, samples, sequentials, st.floats(1e-6, 1e6))
def test_the_lift_does_not_depend_on_the_unit(
    a: Sample, b: Sample, sequential: Sequential, unit: float
) -> None:
    plain = compare(MetricKind.SUM, tally(a), tally(b), sequential)
    scaled = compare(MetricKind.SUM, tally(in_unit(a, unit)), tally(in_unit(b, unit)), sequential)
    assume(isinstance(plain, Compared) and isinstance(scaled, Compared))
    assert isinstance(plain, Compared)
    assert isinstance(scaled, Compared)

    assert plain.lift
    assert scaled.lift
    assert scaled.p == pytest.approx(plain.p, rel=1e-6)
    # The upper end is ill-conditioned where the control is barely above zero.
    assert scaled.lift.low == pytest.approx(plain.lift.low, rel=1e-6, abs=1e-6)
    assert scaled.lift.value == pytest.approx(plain.lift.value, rel=1e-6, abs=1e-9)


@given(samples, samples, sequentials)
def test_p_is_below_alpha_exactly_when_the_interval_excludes_zero(
    a: Sample, b: Sample, sequential: Sequential
) -> None:
    found = compare(MetricKind.SUM, tally(a), tally(b), sequential)
    assume(isinstance(found, Compared))
    assert isinstance(found, Compared)
    assume(not math.isclose(found.p, sequential.alpha, rel_tol=1e-6))

    assert (found.p < sequential.alpha) == found.difference.excludes_zero


@given(sequentials, st.integers(100, 10_000_000))
def test_the_interval_shrinks_as_users_join(sequential: Sequential, n: int) -> None:
    def width(users: int) -> float:
        return sequential.critical(users) / math.sqrt(users)

    assert width(2 * n) < width(n)


@given(sequentials, st.integers(100, 10_000_000))
def test_looking_at_any_time_is_always_dearer_than_looking_once(
    sequential: Sequential, n: int
) -> None:
    assert sequential.critical(n) > normal.quantile(1 - sequential.alpha / 2)


@given(st.integers(1_000, 1_000_000))
def test_the_interval_is_narrowest_near_the_planned_sample(planned: int) -> None:
    sequential = Sequential(0.05, planned)

    assert sequential.critical(planned) < sequential.critical(planned // 4)
    assert sequential.critical(planned) < sequential.critical(planned * 4)
    assert sequential.critical(planned) == pytest.approx(3.0352, abs=1e-4)


@given(sequentials, st.integers(1, 10_000_000), st.floats(0, 1e3))
def test_p_is_a_probability_that_falls_with_distance(
    sequential: Sequential, n: int, z: float
) -> None:
    assert 0 <= sequential.p(z + 1, n) <= sequential.p(z, n) <= 1
    assert sequential.p(z, n) == sequential.p(-z, n)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_lowers_a_p_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)

    assert all(p <= one <= 1 for p, one in zip(p_values, adjusted, strict=True))
    ranked = sorted(zip(p_values, adjusted, strict=True))
    assert [one for _, one in ranked] == sorted(adjusted)
    assert min(adjusted) == min(1.0, min(p_values) * len(p_values))


@given(
    st.dictionaries(st.text(max_size=3), st.integers(1, 9_999), min_size=2, max_size=6),
    st.integers(1, 1_000),
)
def test_a_split_as_configured_is_as_likely_as_can_be(weights: dict[str, int], times: int) -> None:
    users = {variant: weight * times * 5 for variant, weight in weights.items()}

    assert check_split(users, weights).p == pytest.approx(1.0)


@given(st.integers(1_000, 100_000), st.integers(1, 9_999))
def test_a_split_does_not_depend_on_the_scale_of_the_weights(users: int, weight: int) -> None:
    counts = {"a": users, "b": users + 100}
    plain = check_split(counts, {"a": weight, "b": 10_000 - weight}).p
    scaled = check_split(counts, {"a": 7 * weight, "b": 7 * (10_000 - weight)}).p

    assert (plain is None) == (scaled is None)
    if plain is not None:
        assert scaled == pytest.approx(plain, rel=1e-6, abs=1e-300)


@given(st.floats(0, 500), st.integers(1, 60))
def test_the_tail_of_chi_square_falls_with_x_and_rises_with_df(x: float, df: int) -> None:
    assert 0 <= chi_square.tail(x + 1, df) <= chi_square.tail(x, df) * (1 + 1e-12) <= 1 + 1e-11
    assert chi_square.tail(x, df) <= chi_square.tail(x, df + 2) * (1 + 1e-12)


@given(st.floats(0, 50), st.floats(1, 1e7))
def test_the_tail_of_t_is_above_the_normal_one_and_falls(t: float, df: float) -> None:
    tail = student.two_sided_tail(t, df)

    assert normal.two_sided_tail(t) <= tail * (1 + 1e-9)
    assert 0 <= student.two_sided_tail(t + 0.5, df) <= tail * (1 + 1e-9)
    assert tail <= 1 + 1e-12


@given(st.floats(1e-6, 0.9), st.floats(1, 1e7))
def test_the_critical_value_of_t_is_where_its_tail_is_alpha(alpha: float, df: float) -> None:
    assert student.two_sided_tail(student.critical(alpha, df), df) == pytest.approx(
        alpha, rel=1e-9
    )


def test_the_two_methods_for_t_meet_where_one_takes_over() -> None:
    below, above = (student.two_sided_tail(3, df) for df in (199.999_999, 200.0))

    assert below == pytest.approx(above, rel=1e-9)


@given(samples, samples, st.floats(0.01, 1), st.floats(0.05, 0.95))
def test_half_the_lift_takes_four_times_the_users(
    a: Sample, b: Sample, lift: float, share: float
) -> None:
    whole, half = (
        users_in_pair(a, b, size, share_a=share, alpha=0.05) for size in (lift, lift / 2)
    )

    assert half == pytest.approx(4 * whole, abs=4)


@given(samples, st.floats(0.01, 1))
def test_even_shares_take_twice_two_arms_of_the_fixed_sample(a: Sample, lift: float) -> None:
    pair = users_in_pair(a, a, lift, share_a=0.5, alpha=0.05)

    assert pair == math.ceil(2 * 2 * users_per_arm(a, a, lift)) or pair == pytest.approx(
        4 * users_per_arm(a, a, lift), rel=1e-9, abs=1
    )


@given(samples, st.floats(0.01, 1), st.floats(0.05, 0.95))
def test_uneven_shares_take_more_users(a: Sample, lift: float, share: float) -> None:
    even = users_in_pair(a, a, lift, share_a=0.5, alpha=0.05)

    assert users_in_pair(a, a, lift, share_a=share, alpha=0.05) >= even


def test_the_fixed_sample_has_the_power_that_it_was_computed_for() -> None:
    a = Sample(1_000, 2.0, 9.0)
    n = round(users_per_arm(a, a, 0.1))

    error = math.sqrt(2 * a.variance / n)
    assert power(0.2, error, normal.quantile(0.975)) == pytest.approx(0.8, abs=1e-3)


def tally(sample: Sample) -> Tally:
    return Tally(sample, sample, sample.n)


def in_unit(sample: Sample, unit: float) -> Sample:
    return replace(sample, mean=sample.mean * unit, variance=sample.variance * unit**2)
