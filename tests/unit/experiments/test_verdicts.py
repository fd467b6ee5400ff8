"""Which verdict wins, in the order of their weight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Arm
from chalicelib.experiments.plan import Plan
from chalicelib.model.experiment import Direction, Experiment, Status, Variant
from chalicelib.model.experiment_results import Cause, Results, Verdict
from chalicelib.model.hour import Hour
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
    nobody,
    valued,
)

CONTROL = converted(10_000, 1_000)
BETTER = converted(10_000, 1_200)
WORSE = converted(10_000, 800)
ALIKE = converted(10_000, 1_010)
# Broken for every second user of one variant.
FEW = converted(5_000, 500)
GUARDED = make_experiment(guardrails=(ERRORS,))


def guarded(green: Arm, errors: Arm, experiment: Experiment = GUARDED) -> Results:
    arms = {
        PURCHASES.key: {"control": CONTROL, "green": green},
        experiment.guardrails[0].key: {"control": converted(10_000, 300), "green": errors},
    }
    return analyze(make_observed(experiment, arms))


@pytest.mark.parametrize(
    ("green", "verdict"),
    [(BETTER, "winning"), (WORSE, "losing"), (ALIKE, "inconclusive")],
)
def test_the_side_of_the_interval_decides(green: Arm, verdict: str) -> None:
    assert conclude(CONTROL, green).conclusion.verdict == verdict


@pytest.mark.parametrize(("green", "verdict"), [(BETTER, "losing"), (WORSE, "winning")])
def test_less_wins_where_less_is_better(green: Arm, verdict: str) -> None:
    experiment = make_experiment(primary=ERRORS)

    assert conclude(CONTROL, green, experiment).conclusion.verdict == verdict


def test_a_broken_split_is_invalid_however_large_the_lift() -> None:
    found = conclude(CONTROL, converted(9_000, 2_000))

    assert found.conclusion.verdict == "invalid: sample ratio mismatch"
    assert found.conclusion.variant is None
    assert found.split.is_mismatch


def test_a_broken_split_is_invalid_even_where_it_is_too_early() -> None:
    found = conclude(CONTROL, converted(5_000, 3), hours_covered=1)

    assert found.conclusion.verdict is Verdict.INVALID


def test_the_split_is_judged_by_the_weights_that_are_configured() -> None:
    uneven = make_experiment(variants=(Variant("control", 6_667), Variant("green", 3_333)))

    assert conclude(CONTROL, FEW, uneven).conclusion.verdict is not Verdict.INVALID
    assert conclude(CONTROL, ALIKE, uneven).conclusion.verdict is Verdict.INVALID


def test_the_split_counts_users_and_not_those_of_a_metric() -> None:
    found = conclude(CONTROL, BETTER, exposed={"control": 10_000, "green": 8_000})

    assert found.conclusion.verdict is Verdict.INVALID


@pytest.mark.parametrize(("hours", "verdict"), [(71, "too early"), (72, "winning")])
def test_three_days_are_the_least(hours: int, verdict: str) -> None:
    assert conclude(CONTROL, BETTER, hours_covered=hours).conclusion.verdict == verdict


@pytest.mark.parametrize(("hours", "verdict"), [(71, "too early"), (72, "winning")])
def test_hours_of_the_pre_period_are_not_hours_of_the_run(hours: int, verdict: str) -> None:
    started = Hour.of(NOON).plus(-hours)
    experiment = make_experiment(started=started, pre_period_hours=100)

    found = conclude(CONTROL, BETTER, experiment, hours_covered=hours + 100)

    assert found.conclusion.verdict == verdict


def test_hours_after_the_end_are_not_hours_of_the_run() -> None:
    started = Hour.of(NOON).plus(-100)
    experiment = make_experiment(started=started, stopped=started.plus(71), status=Status.STOPPED)

    assert conclude(CONTROL, BETTER, experiment).conclusion.cause is Cause.TOO_SHORT


@pytest.mark.parametrize(
    ("control", "green", "cause"),
    [
        (converted(99, 40), converted(100, 90), Cause.TOO_FEW_USERS),
        (converted(100, 40), converted(99, 90), Cause.TOO_FEW_USERS),
        (converted(1_000, 100), converted(1_000, 24), Cause.TOO_FEW_CONVERTERS),
        (converted(1_000, 24), converted(1_000, 100), Cause.TOO_FEW_CONVERTERS),
    ],
)
def test_too_little_data_is_too_early(control: Arm, green: Arm, cause: Cause) -> None:
    found = conclude(control, green)

    assert found.conclusion.verdict is Verdict.TOO_EARLY
    assert found.conclusion.cause is cause
    assert comparison_of(found).p is None
    assert comparison_of(found).difference.low is None


def test_25_converters_of_100_users_are_enough() -> None:
    small = make_experiment(planned_users=200)

    found = conclude(converted(100, 25), converted(100, 75), small)

    assert found.conclusion.verdict is Verdict.WINNING


@pytest.mark.parametrize(("buyers", "is_enough"), [(99, False), (100, True)])
def test_a_mean_needs_100_users_with_a_value(buyers: int, is_enough: bool) -> None:
    experiment = make_experiment(primary=REVENUE)
    green = valued([*range(1, buyers + 1), *[0.0] * (300 - buyers)])
    control = valued([*range(1, 151), *[0.0] * 150])

    found = comparison_of(conclude(control, green, experiment), "revenue")

    assert (found.lacking is None) is is_enough
    assert found.lacking in {None, Cause.TOO_FEW_VALUES}


def test_a_control_that_can_not_be_told_from_zero_is_too_early() -> None:
    experiment = make_experiment(primary=REVENUE)
    swings = valued([1_000.0, -999.0] * 100)

    found = conclude(swings, valued([5.0, 6.0] * 100), experiment)

    assert found.conclusion.cause is Cause.BASELINE_NEAR_ZERO


def test_users_who_are_all_alike_give_no_answer() -> None:
    found = conclude(converted(200, 200), converted(200, 200))

    assert found.conclusion.cause is Cause.NO_VARIATION


def test_a_control_below_zero_has_a_difference_and_no_lift() -> None:
    experiment = make_experiment(primary=REVENUE)

    found = conclude(valued([-4.0, -6.0] * 200), valued([-2.0, -3.0] * 200), experiment)

    assert found.conclusion.verdict is Verdict.WINNING
    assert comparison_of(found, "revenue").lift is None
    assert "2.5 higher" in found.conclusion.sentence


@pytest.mark.parametrize(("errors", "verdict"), [(450, "guardrail hurt"), (150, "winning")])
def test_a_guardrail_objects_on_its_worse_side_alone(errors: int, verdict: str) -> None:
    assert guarded(BETTER, converted(10_000, errors)).conclusion.verdict == verdict


@pytest.mark.parametrize(("signups", "verdict"), [(450, "winning"), (150, "guardrail hurt")])
def test_a_guardrail_that_should_rise_is_hurt_by_a_fall(signups: int, verdict: str) -> None:
    rising = make_experiment(guardrails=(replace(ERRORS, direction=Direction.INCREASE),))

    assert guarded(BETTER, converted(10_000, signups), rising).conclusion.verdict == verdict


def test_a_guardrail_that_is_only_suspicious_does_not_object() -> None:
    found = guarded(BETTER, converted(10_000, 350))

    p = comparison_of(found, "error_rate").fixed_horizon_p
    assert p is not None
    assert p < 0.05
    assert found.conclusion.verdict is Verdict.WINNING


def test_a_guardrail_objects_to_a_variant_that_loses_too() -> None:
    assert guarded(WORSE, converted(10_000, 450)).conclusion.verdict is Verdict.GUARDRAIL_HURT


def test_a_guardrail_with_too_little_data_can_not_object_and_says_so() -> None:
    found = guarded(BETTER, converted(10_000, 24))

    assert found.conclusion.verdict is Verdict.WINNING
    assert any("error_rate has too little data" in note for note in found.notes)


def test_a_secondary_metric_decides_nothing() -> None:
    arms = {
        PURCHASES.key: {"control": CONTROL, "green": ALIKE},
        ERRORS.key: {"control": converted(10_000, 300), "green": converted(10_000, 900)},
    }

    found = analyze(make_observed(make_experiment(secondary=(ERRORS,)), arms))

    assert found.conclusion.verdict is Verdict.INCONCLUSIVE


def three(green: Arm, blue: Arm) -> Results:
    experiment = make_experiment(
        variants=(Variant("control", 3_334), Variant("green", 3_333), Variant("blue", 3_333))
    )
    arms = {PURCHASES.key: {"control": CONTROL, "green": green, "blue": blue}}
    return analyze(make_observed(experiment, arms))


def test_several_variants_share_the_level() -> None:
    assert three(ALIKE, ALIKE).alpha == 0.025
    # Enough for 5 %, and not for the 2.5 % that each of two variants has.
    close = converted(10_000, 1_143)
    assert (
        conclude(CONTROL, close, make_experiment(planned_users=20_000)).conclusion.verdict
        == "winning"
    )
    assert three(close, ALIKE).conclusion.verdict == "inconclusive"


def test_a_winner_speaks_for_the_experiment() -> None:
    found = three(WORSE, BETTER)

    assert found.conclusion.variant == "blue"
    assert [one.verdict for one in found.conclusions] == ["losing", "winning"]


def test_of_two_winners_the_larger_speaks() -> None:
    assert three(BETTER, converted(10_000, 1_300)).conclusion.variant == "blue"
    assert three(converted(10_000, 1_300), BETTER).conclusion.variant == "green"


def test_an_experiment_loses_only_when_all_its_variants_do() -> None:
    assert three(WORSE, ALIKE).conclusion.verdict is Verdict.INCONCLUSIVE
    assert three(WORSE, WORSE).conclusion.verdict is Verdict.LOSING


def test_a_draft_has_no_answer_whatever_was_seen() -> None:
    found = conclude(CONTROL, FEW, make_experiment(status=Status.DRAFT))

    assert found.conclusion.verdict is Verdict.TOO_EARLY
    assert found.conclusion.cause is Cause.DRAFT


def test_without_exposures_there_is_no_answer() -> None:
    assert analyze(make_observed()).conclusion.cause is Cause.NO_EXPOSURES
    assert conclude(nobody(), nobody()).conclusion.cause is Cause.NO_EXPOSURES


def test_exposures_without_events_say_so() -> None:
    found = conclude(converted(500, 0), converted(500, 0))

    assert found.conclusion.cause is Cause.NO_EVENTS


@pytest.mark.parametrize("users", [0, 500])
def test_events_of_users_who_were_not_exposed_say_so(users: int) -> None:
    found = conclude(
        converted(users, 0), converted(users, 0), users_without_exposure={PURCHASES.key: 80}
    )

    assert found.conclusion.cause is Cause.EVENTS_WITHOUT_EXPOSURE


def test_exposures_after_every_conversion_say_so() -> None:
    found = conclude(
        converted(500, 0), converted(500, 0), converted_before_exposure={PURCHASES.key: 60}
    )

    assert found.conclusion.cause is Cause.CONVERTED_BEFORE_EXPOSURE


def test_a_split_of_too_few_users_is_not_checked_and_nothing_is_decided() -> None:
    lopsided = make_experiment(variants=(Variant("control", 9_960), Variant("green", 40)))

    found = conclude(converted(1_000, 100), converted(200, 100), lopsided)

    assert found.split.p is None
    assert found.conclusion.cause is Cause.TOO_FEW_USERS


def test_what_is_still_needed_follows_from_the_target() -> None:
    found = conclude(CONTROL, ALIKE, make_experiment(target_lift=0.1))

    needed = comparison_of(found).users_needed
    assert needed == pytest.approx(57_000, rel=0.05)
    assert found.conclusion.cause is Cause.NEEDS_USERS


def test_a_target_that_would_have_been_seen_needs_nobody_more() -> None:
    found = conclude(CONTROL, ALIKE, make_experiment(target_lift=-0.5))

    assert found.conclusion.cause is Cause.PLAN_REACHED


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"planned_users": 20_001}, Cause.NEEDS_USERS),
        ({"planned_users": 20_000}, Cause.PLAN_REACHED),
        ({"planned_users": None, "planned_days": 5}, Cause.NEEDS_TIME),
        ({"planned_users": None, "planned_days": 4}, Cause.PLAN_REACHED),
        ({"planned_users": None}, Cause.NO_PLAN),
    ],
)
def test_without_a_target_the_plan_says_what_is_needed(
    changes: dict[str, object], cause: Cause
) -> None:
    assert conclude(CONTROL, ALIKE, make_experiment(**changes)).conclusion.cause is cause


def test_a_verdict_that_changed_is_noted() -> None:
    arms = {PURCHASES.key: {"control": CONTROL, "green": ALIKE}}

    found = analyze(make_observed(arms=arms), [make_look()])

    assert any("green was winning on 2026-11-21" in note for note in found.notes)


def test_a_split_that_chance_makes_once_in_200_is_not_called_broken() -> None:
    found = conclude(CONTROL, converted(10_400, 1_040))

    assert found.split.p == pytest.approx(0.0051, abs=1e-4)
    assert found.conclusion.verdict is Verdict.INCONCLUSIVE


def test_the_planned_sample_of_a_pair_is_its_part_of_the_whole() -> None:
    experiment = make_experiment(
        variants=(Variant("control", 3_334), Variant("green", 3_333), Variant("blue", 3_333))
    )

    assert Plan(experiment).sequential("green").planned == 13_334
    assert Plan(make_experiment()).sequential("green").planned == 20_000
