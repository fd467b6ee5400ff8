"""Experiments to look at: definitions, and results that the project's statistics make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import orjson

from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Arm
from chalicelib.model.experiment import Direction, Experiment, Metric, MetricKind, Status, Variant
from chalicelib.model.experiment_results import Look, Results
from chalicelib.model.hour import Hour
from chalicelib.query.list_experiments import ListExperiments
from chalicelib.query.read_experiment_live import ReadExperimentLive
from chalicelib.query.read_experiment_results import ReadExperimentResults
from chalicelib.query.route import Route
from chalicelib.query.routes import EXPERIMENT_LIVE, EXPERIMENT_RESULTS, EXPERIMENTS
from tests.browser.world import Clock, World
from tests.fakes import FakeExperiments
from tests.unit.experiments.observing import converted, make_experiment, make_observed, valued
from tests.unit.query.builders import make_asked
from tests.unit.query.fakes import FakeResultsReader, FakeVariantCounts

N_LOOKS = 48
PURCHASES = Metric(key="purchases", event_type="purchase")
REVENUE = Metric(
    key="revenue", event_type="purchase", kind=MetricKind.SUM, property="amount", currency="EUR"
)
ERRORS = Metric(key="form_errors", event_type="form_error", direction=Direction.DECREASE)


@dataclass(frozen=True, slots=True)
class Trials:
    """What the API answers about these experiments; `results` are by id."""

    clock: Clock
    definitions: Sequence[Experiment] = ()
    results: dict[str, Results] = field(default_factory=dict)

    def __call__(self, route: str) -> dict[str, Any]:
        """Answer a route of experiments through the verb that answers it in the API."""
        store, results = FakeExperiments.of(*self.definitions), FakeResultsReader(self.results)
        _, *names = route.split("/")
        if not names:
            return self._ask(EXPERIMENTS, ListExperiments(store, results))
        if names[1] == "results":
            return self._ask(EXPERIMENT_RESULTS, ReadExperimentResults(store, results), names[0])
        counts = FakeVariantCounts()
        variants = {"control": (5_210, 412), "green": (5_180, 466)}
        # As many users as events of two each would have.
        users = {name: map(str, range(events // 2)) for name, (events, _) in variants.items()}
        counts.add(names[0], _ms(self.clock()) - 3_600_000, users, **variants)
        live = ReadExperimentLive(store, counts)
        return self._ask(EXPERIMENT_LIVE, live, names[0], by="day")

    def _ask(
        self, route: Route, read: Any, experiment_id: str | None = None, **given: str
    ) -> dict[str, Any]:
        named = {"experiment_id": experiment_id} if experiment_id else {}
        asked = make_asked(route, {**named, **given}, now_ms=_ms(self.clock()))
        answer: dict[str, Any] = orjson.loads(orjson.dumps(read(asked).content))
        return answer


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1_000)


def make_trial(now: datetime, experiment_id: str, name: str, **changes: object) -> Experiment:
    hour = Hour.of(_ms(now))
    experiment = make_experiment(
        experiment_id=experiment_id,
        name=name,
        salt=experiment_id,
        primary=PURCHASES,
        started=hour.plus(-14 * 24),
        target_lift=0.1,
    )
    return replace(experiment, **changes)  # type: ignore[arg-type]  # a test's own field names


def judged(experiment: Experiment, now: datetime, *rates: float, **observed: object) -> Results:
    """Return results after many looks, at rates of conversion in the order of the variants."""
    looks: tuple[Look, ...] = ()
    results = None
    for number in range(1, N_LOOKS + 1):
        share = number / N_LOOKS
        arms = _arms(experiment, rates, share)
        at = now - timedelta(hours=(N_LOOKS - number) * 7, minutes=20)
        hours = {"hours_covered": max(1, round(336 * share)), "at_ms": _ms(at)}
        results = analyze(make_observed(experiment, arms, **hours, **observed), looks)
        looks = results.looks
    assert results
    return results


def _arms(
    experiment: Experiment, rates: Sequence[float], share: float
) -> dict[str, dict[str, Arm]]:
    chance = np.random.default_rng(7)
    arms: dict[str, dict[str, Arm]] = {metric.key: {} for metric in experiment.metrics}
    for variant, rate in zip(experiment.variants, rates, strict=True):
        n = round(12_000 * share * variant.weight / 5_000)
        # The first users differ by chance from those who come later.
        drift = rate * (1 + 0.12 * (1 - share) ** 2 * np.sin(share * 11 + len(variant.key)))
        for metric in experiment.metrics:
            if metric.kind is MetricKind.SUM:
                buys = chance.random(n) < rate
                arms[metric.key][variant.key] = valued(buys * chance.lognormal(3.2, 0.7, n))
            else:
                share_of = 0.02 if metric is ERRORS else drift
                arms[metric.key][variant.key] = converted(n, round(n * share_of))
    return arms


def many(clock: Clock) -> World:
    """A deployment with experiments of every kind."""
    now = clock()
    won = make_trial(
        now,
        "green-button",
        "Green button",
        hypothesis="A green button is seen sooner, so that more visitors buy.",
        secondary=(REVENUE,),
        guardrails=(ERRORS,),
    )
    alike = make_trial(now, "same-button", "A/A: the same button twice", hypothesis="")
    broken = make_trial(now, "new-checkout", "New checkout")
    three = make_trial(
        now,
        "prices",
        "Three ways to show prices",
        status=Status.STOPPED,
        stopped=Hour.of(_ms(now)).plus(-2),
        variants=(Variant("control", 3_334), Variant("bold", 3_333), Variant("plain", 3_333)),
    )
    silent = make_trial(now, "no-traffic", "A banner nobody sees")
    deaf = make_trial(now, "no-events", "A footer without effect")
    new = make_trial(now, "just-started", "Larger pictures", started=Hour.of(_ms(now)))
    draft = make_trial(now, "draft", "Free delivery", status=Status.DRAFT, started=None)
    none: dict[str, object] = {"control": 0, "green": 0}
    world = World(clock)
    world.trials = Trials(
        clock,
        (won, alike, broken, three, silent, deaf, new, draft),
        {
            "green-button": judged(won, now, 0.08, 0.098, crossovers=37),
            "same-button": judged(alike, now, 0.08, 0.081),
            "new-checkout": judged(
                broken, now, 0.08, 0.12, exposed={"control": 12_000, "green": 9_400}
            ),
            "prices": judged(three, now, 0.08, 0.1, 0.06),
            "no-traffic": judged(silent, now, 0, 0, exposed=none),
            "no-events": judged(deaf, now, 0, 0, users_without_exposure={"purchases": 212}),
        },
    )
    return world


def none_defined(clock: Clock) -> World:
    world = World(clock)
    world.trials = Trials(clock)
    return world
