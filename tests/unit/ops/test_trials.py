"""What the demo plants leads to the verdicts that it claims, whatever the time of day."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest

from chalicelib.experiments.analyze import analyze
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from ops.demo.trial_answers import Answered, TrialAnswers
from ops.demo.trials import N_HOURS, STEP, TRIALS, Trial, planted
from tests.builders import NOON
from tests.unit.experiments.observing import converted, make_observed


def users_of(trial: Trial) -> tuple[Counter[str], Counter[str]]:
    """Count users exposed and converted by variant."""
    variant_of: dict[str, str] = {}
    goals = set()
    for event in (one.event for one in planted(NOON).events):
        user, properties = str(event["user_id"]), cast("dict[str, Any]", event["properties"])
        if properties.get("experiment_id") == trial.experiment_id:
            variant_of[user] = properties["variant"]
        elif event["event_type"] == trial.goal:
            goals.add(user)
    exposed = Counter(variant_of.values())
    return exposed, Counter(variant for user, variant in variant_of.items() if user in goals)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.experiment_id)
def test_the_planted_truth_is_what_the_statistics_find(trial: Trial) -> None:
    exposed, goals = users_of(trial)
    arms = {key: converted(exposed[key], goals[key]) for key in ("control", "new")}

    found = analyze(
        make_observed(
            trial.experiment(NOON),
            {"sign_ups": arms},
            at_ms=NOON.plus(N_HOURS).start_ms,
            hours_covered=N_HOURS,
        )
    )

    assert found.conclusion.verdict == trial.verdict


def test_every_event_is_within_hours_that_are_few_and_after_the_start() -> None:
    hours = {Hour.of(int(str(one.event["timestamp"]))) for one in planted(NOON).events}

    assert min(hours) == NOON
    assert max(hours) < NOON.plus(N_HOURS)
    assert len(hours) <= N_HOURS // STEP + 1


def test_every_sign_up_is_after_its_exposure() -> None:
    at: dict[tuple[object, object], int] = {
        (one.event["user_id"], one.event["event_type"]): one.send_ms
        for one in planted(NOON).events
    }

    signed_up = {
        user: at_ms for (user, event_type), at_ms in at.items() if event_type != "exposure"
    }
    assert signed_up
    assert all(
        at_ms - at[user, "exposure"] == 20 * instant.MINUTE_MS for user, at_ms in signed_up.items()
    )


def test_a_verdict_that_is_not_the_planted_one_is_not_counted() -> None:
    answers = [{"conclusion": {"verdict": "winning"}, "metrics": []} for _ in TRIALS]

    found = TrialAnswers([*map(Answered, TRIALS, answers)])

    assert found.as_planted == 1
