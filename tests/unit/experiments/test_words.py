"""What a product manager reads."""

from __future__ import annotations

import pytest

from chalicelib.experiments.analyze import analyze
from chalicelib.model.experiment import Status
from chalicelib.model.experiment_results import Conclusion
from tests.unit.experiments.observing import (
    ERRORS,
    PURCHASES,
    REVENUE,
    conclude,
    converted,
    make_experiment,
    make_observed,
    nobody,
    valued,
)

CONTROL = converted(10_000, 1_000)
BETTER = converted(10_000, 1_200)
WORSE = converted(10_000, 800)
ALIKE = converted(10_000, 1_010)


def every_conclusion() -> list[Conclusion]:
    hurt = {
        PURCHASES.key: {"control": CONTROL, "green": BETTER},
        ERRORS.key: {"control": converted(10_000, 300), "green": converted(10_000, 450)},
    }
    found = []
    for status in (Status.RUNNING, Status.STOPPED):
        one = make_experiment(status=status)
        found += [
            conclude(CONTROL, BETTER, one),
            conclude(CONTROL, WORSE, one),
            conclude(CONTROL, ALIKE, one),
            conclude(CONTROL, converted(9_000, 900), one),
            analyze(make_observed(make_experiment(status=status, guardrails=(ERRORS,)), hurt)),
            conclude(nobody(), nobody(), one),
            conclude(nobody(), nobody(), one, exposures_of_unknown_variants=4),
            conclude(converted(200, 0), converted(200, 0), one),
            conclude(
                converted(200, 0),
                converted(200, 0),
                one,
                users_without_exposure={PURCHASES.key: 3},
            ),
            conclude(
                converted(200, 0),
                converted(200, 0),
                one,
                converted_before_exposure={PURCHASES.key: 3},
            ),
            conclude(converted(50, 20), converted(50, 20), one),
            conclude(converted(500, 20), converted(500, 20), one),
            conclude(converted(200, 200), converted(200, 200), one),
            conclude(converted(200, 30), converted(200, 30), one),
            conclude(CONTROL, BETTER, one, hours_covered=10),
        ]
        means = make_experiment(status=status, primary=REVENUE)
        found.append(conclude(valued([1.0, *[0.0] * 200]), valued([1.0, *[0.0] * 200]), means))
    found.append(conclude(nobody(), nobody(), make_experiment(status=Status.DRAFT)))
    return [results.conclusion for results in found]


@pytest.mark.parametrize("conclusion", every_conclusion(), ids=lambda c: f"{c.verdict} {c.cause}")
def test_every_verdict_has_a_sentence_a_reason_and_a_next_step(conclusion: Conclusion) -> None:
    for text in (conclusion.sentence, conclusion.reason, conclusion.next_step):
        assert text.endswith(".")
        assert "  " not in text
        assert "None" not in text
        assert ".." not in text


def test_a_winner_in_words() -> None:
    found = conclude(CONTROL, BETTER, make_experiment(target_lift=0.05)).conclusion

    assert found.sentence == (
        "green is winning: purchase_rate is 20 % higher than with control (95 % interval +6.19 %"
        " to +35.8 %). It meets the goal of a 5 % improvement."
    )
    assert found.next_step == ("Ship green. You may also keep it running: looking again is safe.")


@pytest.mark.parametrize(
    ("target", "words"),
    [(0.1, "It is not certain whether it meets the goal"), (0.5, "It doesn't meet the goal")],
)
def test_a_winner_is_held_against_its_goal(target: float, words: str) -> None:
    found = conclude(CONTROL, BETTER, make_experiment(target_lift=target)).conclusion

    assert words in found.sentence


@pytest.mark.parametrize("target", [0.05, -0.05])
def test_a_goal_of_a_metric_that_should_fall_is_met_by_a_fall(target: float) -> None:
    experiment = make_experiment(primary=ERRORS, target_lift=target)

    found = conclude(CONTROL, WORSE, experiment).conclusion

    assert "20 % lower" in found.sentence
    assert "It meets the goal of a 5 % improvement." in found.sentence


def test_a_stopped_winner_is_not_kept_running() -> None:
    found = conclude(CONTROL, BETTER, make_experiment(status=Status.STOPPED)).conclusion

    assert found.next_step == "Ship green."


def test_a_loser_in_words() -> None:
    found = conclude(CONTROL, WORSE).conclusion

    assert found.sentence.startswith("green is losing: purchase_rate is 20 % lower")
    assert found.next_step == "Stop the experiment, or this variant, and keep control."


def test_what_is_still_needed_in_words() -> None:
    found = conclude(CONTROL, ALIKE, make_experiment(target_lift=0.1)).conclusion

    assert "for a good chance of detecting a change of 10 %" in found.next_step
    assert "about 37,000 users are still needed" in found.next_step


def test_a_planned_sample_that_is_not_reached_in_words() -> None:
    found = conclude(CONTROL, ALIKE, make_experiment(planned_users=25_000)).conclusion

    assert found.next_step == (
        "Keep it running: about 5,000 users are still needed to reach the planned sample."
    )


def test_days_that_are_left_in_words() -> None:
    experiment = make_experiment(planned_users=None, planned_days=7)

    found = conclude(CONTROL, ALIKE, experiment, hours_covered=100).conclusion

    assert found.next_step == "Keep it running: 3 of 7 days are left."


def test_a_broken_split_in_words() -> None:
    found = conclude(CONTROL, converted(9_000, 900)).conclusion

    assert "control has 52.6 % of the users (50 % configured)" in found.reason
    assert "start a new experiment" in found.next_step


def test_a_hurt_guardrail_in_words() -> None:
    arms = {
        PURCHASES.key: {"control": CONTROL, "green": BETTER},
        ERRORS.key: {"control": converted(10_000, 300), "green": converted(10_000, 450)},
    }
    found = analyze(make_observed(make_experiment(guardrails=(ERRORS,)), arms)).conclusion

    assert found.sentence == "green makes error_rate worse, whatever it does for purchase_rate."
    assert found.reason.startswith("error_rate is 50 % higher than with control")


def test_a_variant_that_hardly_works_is_suspected() -> None:
    found = conclude(CONTROL, converted(10_000, 3)).conclusion

    assert found.next_step.startswith("Check that green works and sends its events")


def test_a_stopped_experiment_is_not_waited_for() -> None:
    found = conclude(
        converted(50, 20), converted(50, 20), make_experiment(status=Status.STOPPED)
    ).conclusion

    assert found.sentence == "The experiment was stopped before there was an answer."
    assert "too few users took part" in found.reason


def test_exposures_that_name_no_variant_are_named() -> None:
    found = conclude(nobody(), nobody(), exposures_of_unknown_variants=4).conclusion

    assert found.reason == (
        "4 exposures arrived, but none names a variant of this experiment (control and green)."
    )
