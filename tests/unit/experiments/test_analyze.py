"""The numbers of results, and what is kept with them."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Arm
from chalicelib.model.experiment import Metric, MetricKind
from chalicelib.model.experiment_results import Results, Role, Verdict
from tests.unit.experiments.golden import GOLDEN, about
from tests.unit.experiments.observing import (
    ERRORS,
    NOON,
    PURCHASES,
    REVENUE,
    comparison_of,
    conclude,
    converted,
    make_experiment,
    make_look,
    make_observed,
    metric_of,
    nobody,
    valued,
)

CONTROL = converted(10_000, 1_000)
BETTER = converted(10_000, 1_200)


def money(seed: int, users: int = 2_000) -> Arm:
    chance = np.random.default_rng(seed)
    before = chance.lognormal(2, 1, users)
    return valued(before * chance.lognormal(0, 0.2, users), before)


def by_revenue(control: Arm, green: Arm) -> Results:
    return conclude(control, green, make_experiment(primary=REVENUE))


def rich() -> Results:
    arms = {
        PURCHASES.key: {"control": CONTROL, "green": BETTER},
        ERRORS.key: {"control": converted(10_000, 300), "green": converted(10_000, 330)},
        REVENUE.key: {"control": money(1, 10_000), "green": money(2, 10_000)},
    }
    experiment = make_experiment(secondary=(REVENUE,), guardrails=(ERRORS,), target_lift=0.1)
    return analyze(make_observed(experiment, arms, crossovers=3, hours_missing=2), [make_look()])


# Two variants are compared at 5 %, and never at another level.
@pytest.mark.parametrize(
    "case", [case for case in GOLDEN["gbstats"]["sequential_proportion"] if case["alpha"] == 0.05]
)
def test_an_experiment_has_the_numbers_of_an_independent_implementation(
    case: dict[str, float | dict[str, float | list[float]]],
) -> None:
    n_a, x_a, n_b, x_b = (int(str(case[key])) for key in ("n_a", "x_a", "n_b", "x_b"))
    n_star = int(str(case["n_star"]))

    found = comparison_of(
        conclude(converted(n_a, x_a), converted(n_b, x_b), make_experiment(planned_users=n_star))
    )

    expected = case["absolute"]
    assert isinstance(expected, dict)
    assert found.difference.value == about(expected["expected"])
    assert [found.difference.low, found.difference.high] == about(expected["ci"])
    assert found.p == about(expected["p"])


def test_results_survive_json() -> None:
    results = rich()

    assert Results.from_json(json.loads(json.dumps(results.to_json(), allow_nan=False))) == results


def test_results_without_data_survive_json() -> None:
    results = analyze(make_observed(make_experiment(primary=REVENUE, secondary=(PURCHASES,))))

    assert Results.from_json(json.loads(json.dumps(results.to_json(), allow_nan=False))) == results


def test_the_same_observations_give_the_same_results() -> None:
    assert rich() == rich()


def test_a_conversion_has_users_converters_and_a_share() -> None:
    [control, green] = metric_of(conclude(CONTROL, BETTER), PURCHASES.key).variants

    assert (control.users, control.converters, control.mean) == (10_000, 1_000, 0.1)
    assert control.comparison is None
    assert (green.users, green.converters, green.mean) == (10_000, 1_200, 0.12)


def test_a_mean_is_capped_over_all_variants_together_and_says_at_what() -> None:
    usual = [10.0, 11.0] * 1_000
    green = valued([*usual[:-1], 1_000_000.0])

    found = metric_of(by_revenue(valued(usual), green), REVENUE.key)

    assert found.cap == 11.0
    assert "for at most 11," in found.explanation
    assert found.variants[1].mean == pytest.approx(10.5)
    assert found.variants[1].converters is None


def test_users_who_are_rare_over_all_are_capped_though_one_variant_has_them_all() -> None:
    control, green = valued([10.0] * 2_000), valued([*[10.0] * 1_997, *[500.0] * 3])

    found = metric_of(by_revenue(control, green), REVENUE.key)

    assert found.cap == 10.0
    assert found.variants[1].mean == 10.0


def test_losses_are_capped_like_gains() -> None:
    found = metric_of(
        by_revenue(valued([-1e9, *[-10.0, 30.0] * 1_000]), valued([-10.0, 30.0] * 1_000)),
        REVENUE.key,
    )

    assert found.floor == -10.0


def test_a_conversion_is_never_capped() -> None:
    rare = metric_of(conclude(converted(50_000, 30), converted(50_000, 35)), PURCHASES.key)

    assert rare.cap is None
    assert [one.converters for one in rare.variants] == [30, 35]


def test_the_pre_period_narrows_the_interval_and_keeps_the_plain_means() -> None:
    control, green = money(1), money(2)

    plain = by_revenue(valued(control.values), valued(green.values))
    adjusted = by_revenue(control, green)

    def width(results: Results) -> float:
        difference = comparison_of(results, REVENUE.key).difference
        assert difference.low is not None
        assert difference.high is not None
        return difference.high - difference.low

    assert width(adjusted) < 0.5 * width(plain)
    for one, other in zip(plain.metrics[0].variants, adjusted.metrics[0].variants, strict=True):
        assert one.mean == other.mean
        assert one.adjusted_mean is None
        assert other.adjusted_mean is not None
    assert metric_of(adjusted, REVENUE.key).theta is not None


def test_the_reference_test_is_of_the_means_that_are_shown() -> None:
    control, green = money(1), money(2)

    plain = comparison_of(by_revenue(valued(control.values), valued(green.values)), REVENUE.key)
    adjusted = comparison_of(by_revenue(control, green), REVENUE.key)

    assert plain.fixed_horizon_p == adjusted.fixed_horizon_p
    assert plain.difference != adjusted.difference


def test_a_pre_period_of_one_variant_alone_is_not_used() -> None:
    found = by_revenue(money(1), valued(money(2).values))

    assert metric_of(found, REVENUE.key).theta is None


def test_a_pre_period_in_which_all_are_alike_is_not_used() -> None:
    control, green = (Arm(2_000, money(seed).values, np.zeros(2_000)) for seed in (1, 2))

    assert metric_of(by_revenue(control, green), REVENUE.key).theta is None


def test_a_variant_without_users_does_not_stop_the_adjustment() -> None:
    assert metric_of(by_revenue(money(1), nobody()), REVENUE.key).theta is not None


def test_p_values_that_do_not_decide_are_corrected_together_and_the_deciding_one_is_not() -> None:
    results = rich()

    assert comparison_of(results, PURCHASES.key).holm_p is None
    for key in (REVENUE.key, ERRORS.key):
        found = comparison_of(results, key)
        assert found.p is not None
        assert found.holm_p is not None
        assert found.holm_p == min(1.0, found.p * 2) or found.holm_p == found.p


def test_the_roles_are_kept() -> None:
    roles = {metric.key: metric.role for metric in rich().metrics}

    assert roles == {
        PURCHASES.key: Role.PRIMARY,
        REVENUE.key: Role.SECONDARY,
        ERRORS.key: Role.GUARDRAIL,
    }


def test_the_target_is_the_primary_metrics_alone() -> None:
    results = rich()

    assert comparison_of(results, PURCHASES.key).users_needed is not None
    assert comparison_of(results, PURCHASES.key).power is not None
    assert comparison_of(results, REVENUE.key).users_needed is None
    assert comparison_of(results, REVENUE.key).power is None


def test_the_split_has_a_row_for_each_variant() -> None:
    [control, green] = conclude(CONTROL, converted(10_100, 1_000)).split.rows

    assert (control.variant, control.weight, control.users) == ("control", 0.5, 10_000)
    assert (green.users, green.expected) == (10_100, 10_050)


def test_a_look_is_added_to_those_before() -> None:
    earlier = make_look()

    looks = analyze(
        make_observed(arms={PURCHASES.key: {"control": CONTROL, "green": BETTER}}), [earlier]
    ).looks

    assert looks[0] == earlier
    assert looks[1].at_ms == NOON
    assert looks[1].users == 20_000
    assert looks[1].verdict is Verdict.WINNING
    assert looks[1].lift == pytest.approx(0.2)
    assert all(one.at_ms < other.at_ms for one, other in pairwise(looks))


def test_the_look_of_a_restated_time_is_replaced() -> None:
    found = conclude(CONTROL, BETTER)

    again = analyze(
        make_observed(arms={PURCHASES.key: {"control": CONTROL, "green": BETTER}}), found.looks
    )

    assert again == found


def test_a_look_with_too_little_data_claims_nothing() -> None:
    [look] = conclude(converted(50, 20), converted(50, 30)).looks

    assert (look.lift, look.low, look.high, look.p) == (None, None, None, None)
    assert look.verdict is Verdict.TOO_EARLY


def test_the_lift_of_a_look_is_the_lift_of_the_results() -> None:
    found = conclude(CONTROL, BETTER)
    lift = comparison_of(found).lift

    assert lift
    assert (found.looks[0].low, found.looks[0].high) == (lift.low, lift.high)


def test_a_verdict_and_its_interval_never_disagree() -> None:
    for converters in range(1_000, 1_300, 3):
        found = conclude(CONTROL, converted(10_000, converters))
        compared = comparison_of(found)
        assert compared.lift
        assert compared.lift.low is not None
        assert compared.difference.low is not None
        assert compared.p is not None
        wins = found.conclusion.verdict is Verdict.WINNING
        assert wins == (compared.lift.low > 0) == (compared.difference.low > 0)
        assert wins == (compared.p < 0.05)


def test_exclusions_are_counted_and_explained() -> None:
    found = conclude(CONTROL, BETTER, crossovers=400, exposures_of_unknown_variants=7)

    assert found.exclusions.crossovers == 400
    assert found.exclusions.exposures_of_unknown_variants == 7
    assert any(note.startswith("400 users saw more than one variant") for note in found.notes)
    assert any("assignment is not stable" in note for note in found.notes)
    assert any(note.startswith("7 exposures name a variant") for note in found.notes)


def test_a_few_crossovers_are_no_alarm() -> None:
    found = conclude(CONTROL, BETTER, crossovers=4)

    assert not any("not stable" in note for note in found.notes)


def test_hours_to_come_are_noted() -> None:
    assert any("2 hours have not been rolled up" in note for note in rich().notes)
    assert conclude(CONTROL, BETTER).notes == ()


def test_counts_of_each_metric_are_kept() -> None:
    found = conclude(
        CONTROL,
        BETTER,
        converted_before_exposure={PURCHASES.key: 5},
        users_without_exposure={PURCHASES.key: 6},
    ).metrics[0]

    assert (found.converted_before_exposure, found.users_without_exposure) == (5, 6)


def test_the_test_is_tuned_to_the_part_of_the_plan_that_the_pair_gets() -> None:
    narrow = comparison_of(conclude(CONTROL, BETTER, make_experiment(planned_users=20_000)))
    wide = comparison_of(conclude(CONTROL, BETTER, make_experiment(planned_users=1_000_000)))

    assert narrow.difference.low is not None
    assert wide.difference.low is not None
    assert narrow.difference.low > wide.difference.low


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (PURCHASES, "The share of exposed users with an event of type purchase"),
        (REVENUE, "The sum of amount of purchase events in EUR"),
        (
            Metric(key="load", event_type="page_view", kind=MetricKind.MEAN, property="value"),
            "The mean of value of page_view events",
        ),
    ],
)
def test_a_metric_says_what_it_is(metric: Metric, words: str) -> None:
    found = conclude(money(1), money(2), make_experiment(primary=metric, horizon_hours=24))

    assert found.metrics[0].explanation.startswith(words)
    assert "within 24 hours of" in found.metrics[0].explanation
