"""How long results may be kept, and what is said when the definition has changed since."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.model.experiment import Experiment, Status
from chalicelib.model.experiment_results import FINAL_AFTER_HOURS, Results
from chalicelib.model.hour import Hour
from chalicelib.query import found
from chalicelib.query.found import Found
from chalicelib.query.read_experiment_results import ReadExperimentResults
from chalicelib.query.routes import EXPERIMENT_RESULTS
from tests.builders import make_experiment
from tests.fakes import FakeExperiments
from tests.unit.experiments.observing import make_look, make_results
from tests.unit.query.builders import NOW_MS, make_asked
from tests.unit.query.fakes import FakeResultsReader

FINAL_SINCE = Hour.of(NOW_MS).plus(-FINAL_AFTER_HOURS)


def answer(experiment: Experiment, results: Results | None, **given: object) -> Found:
    stored = {"button": results} if results else {}
    read = ReadExperimentResults(FakeExperiments.of(experiment), FakeResultsReader(stored))
    return read(make_asked(EXPERIMENT_RESULTS, {"experiment_id": "button", **given}))


def stopped(hour: Hour) -> Experiment:
    return make_experiment(status=Status.STOPPED, stopped=hour)


@pytest.mark.parametrize(
    ("experiment", "max_age_s"),
    [
        (make_experiment(), found.ROLLED_UP),
        (stopped(FINAL_SINCE.plus(1)), found.ROLLED_UP),
        (stopped(FINAL_SINCE), found.FINAL),
    ],
    ids=["running", "stopped", "stopped long ago"],
)
def test_only_results_that_nothing_can_change_may_be_kept_for_long(
    experiment: Experiment, max_age_s: int
) -> None:
    assert answer(experiment, make_results()).max_age_s == max_age_s


def test_before_the_first_results_an_answer_is_kept_for_seconds() -> None:
    assert answer(make_experiment(), None).max_age_s == found.RECENT


def test_results_of_an_earlier_version_say_so() -> None:
    content: Any = answer(make_experiment(version=2), make_results()).content

    assert content["version"] == 1
    assert content["notes"][0].startswith("The definition is now at version 2;")


def test_looks_that_are_thinned_out_are_counted() -> None:
    results = make_results(looks=tuple(make_look(at_ms=at) for at in range(9)))

    content: Any = answer(make_experiment(), results, looks=3).content

    assert len(content["looks"]) == 3
    assert content["looks_left_out"] == 6
