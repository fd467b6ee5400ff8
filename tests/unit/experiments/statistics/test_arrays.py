"""What is computed from arrays of users: moments, CUPED and caps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.experiments.statistics.capped import pooled_cap
from chalicelib.experiments.statistics.cuped import adjust
from chalicelib.experiments.statistics.moments import Moments, pooled, sample_of
from chalicelib.experiments.statistics.sample import Sample
from tests.unit.experiments.golden import GOLDEN, about, moments_of_sums

values = st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=60)


def correlated(seed: int, users: int = 500) -> Moments:
    chance = np.random.default_rng(seed)
    before = chance.normal(10, 3, users)
    return Moments.of(2 * before + chance.normal(0, 1, users), before)


def arrays_with(moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Make users who have exactly these moments, but for rounding."""
    chance = np.random.default_rng(moments.n)
    raw = np.column_stack([np.ones(moments.n), chance.normal(size=(moments.n, 2))])
    _, u, w = np.linalg.qr(raw)[0].T
    root = np.sqrt(moments.xx)
    slope = moments.xy / root
    covariates = moments.mean_x + root * u
    found = moments.mean_y + slope * u + np.sqrt(moments.yy - slope**2) * w
    return found, covariates


@pytest.mark.parametrize("case", GOLDEN["gbstats"]["cuped"])
def test_cuped_of_users_equals_that_of_their_sums(case: dict[str, dict[str, float]]) -> None:
    arms = {key: Moments.of(*arrays_with(moments_of_sums(case[key]))) for key in ("a", "b")}

    adjusted = adjust(arms)

    assert adjusted
    assert adjusted.theta == about(case["theta"])  # type: ignore[arg-type]  # a number in the file
    assert adjusted.samples["a"].variance == about(case["adjusted_variance_a"])  # type: ignore[arg-type]
    difference = adjusted.samples["b"].mean - adjusted.samples["a"].mean
    assert difference == about(case["absolute"]["expected"])


def test_a_variance_keeps_its_digits_where_the_mean_is_a_billion_deviations() -> None:
    spread = np.random.default_rng(1).normal(0, 1, 10_000)
    far = sample_of(1e9 + spread)

    # What is left of the deviations when they are stored on top of 1e9.
    stored = (1e9 + spread) - 1e9
    assert far.variance == pytest.approx(float(np.var(stored, ddof=1)), rel=1e-9)


def test_a_covariance_keeps_its_digits_too() -> None:
    chance = np.random.default_rng(2)
    x = chance.normal(0, 1, 10_000)
    y = 0.5 * x + chance.normal(0, 1, 10_000)
    far_y, far_x = 1e9 + y, 1e9 + x

    found = Moments.of(far_y, far_x)

    expected = Moments.of(far_y - 1e9, far_x - 1e9)
    assert found.xy == pytest.approx(expected.xy, rel=1e-9)
    assert found.yy == pytest.approx(expected.yy, rel=1e-9)


@given(values, values)
def test_pooling_moments_equals_computing_them_at_once(
    one: Sequence[int], other: Sequence[int]
) -> None:
    def moments(found: Sequence[int]) -> Moments:
        array = np.array(found, dtype=np.float64)
        return Moments.of(array, array[::-1])

    apart = pooled([moments(one), moments(other)])
    array = np.array([*one, *other], dtype=np.float64)
    reverse = np.concatenate([np.array(one[::-1]), np.array(other[::-1])]).astype(np.float64)
    at_once = Moments.of(array, reverse)

    assert apart.n == at_once.n
    for name in ("mean_y", "mean_x", "yy", "xx", "xy"):
        assert getattr(apart, name) == pytest.approx(getattr(at_once, name), rel=1e-9, abs=1e-6)


@given(values)
def test_a_sample_equals_its_definition(found: Sequence[int]) -> None:
    sample = sample_of(np.array(found, dtype=np.float64))

    mean = sum(found) / len(found)
    variance = sum((value - mean) ** 2 for value in found) / (len(found) - 1)
    assert sample.mean == pytest.approx(mean, abs=1e-9)
    assert sample.variance == pytest.approx(variance, abs=1e-6)


def test_nobody_has_a_sample() -> None:
    assert sample_of(np.empty(0)) == Sample(0, 0.0, 0.0)
    assert sample_of(np.empty(0)).mean_variance == 0


def test_cuped_removes_what_the_covariates_explain() -> None:
    arms = {"a": correlated(1), "b": correlated(2)}

    adjusted = adjust(arms)

    assert adjusted
    assert adjusted.theta == pytest.approx(2, abs=0.05)
    assert adjusted.samples["a"].variance < 0.1 * arms["a"].yy / (arms["a"].n - 1)


def test_theta_is_of_all_variants_together() -> None:
    arms = {"a": correlated(1), "b": correlated(2)}
    everyone = pooled(arms.values())

    adjusted = adjust(arms)

    assert adjusted
    assert adjusted.theta == everyone.xy / everyone.xx
    assert adjusted.theta != arms["a"].xy / arms["a"].xx


def test_cuped_keeps_the_mean_of_all() -> None:
    arms = {"a": correlated(1), "b": correlated(2)}
    everyone = pooled(arms.values())

    adjusted = adjust(arms)

    assert adjusted
    total = sum(one.n * one.mean for one in adjusted.samples.values())
    assert total / everyone.n == pytest.approx(everyone.mean_y)


def test_covariates_that_explain_nothing_change_nothing() -> None:
    flat = Moments.of(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0]))

    assert adjust({"a": flat}) is None


def test_the_cap_is_the_999th_of_a_thousand() -> None:
    cap = pooled_cap([np.arange(0.0, 501.0), np.arange(501.0, 1_001.0)])

    assert cap
    assert cap.high == pytest.approx(999.0)
    assert cap.low == 0
    assert cap(np.array([-1.0, 5.0, 5_000.0])).tolist() == pytest.approx([0, 5, 999])


def test_nobody_has_no_cap() -> None:
    assert pooled_cap([]) is None
    assert pooled_cap([np.empty(0)]) is None


@given(values)
def test_capping_twice_changes_nothing_more(found: Sequence[int]) -> None:
    array = np.array(found, dtype=np.float64)
    cap = pooled_cap([array])

    assert cap
    assert (cap(cap(array)) == cap(array)).all()
