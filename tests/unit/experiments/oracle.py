"""What must be observed of an experiment, worked out event by event from a plain list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from chalicelib.model.experiment import Experiment, Metric, MetricKind
from chalicelib.model.facts import MICRO, micros
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS, millis
from tests.unit.experiments.worlds import Plain
from tests.unit.rollup.builders import Row
from tests.unit.rollup.oracle import first_of_each

LARGEST_VALUE = 1e9


@dataclass
class User:
    """Exposures to known variants and other events, each with its time, in no order."""

    exposures: list[tuple[int, str]] = field(default_factory=list)
    events: list[tuple[int, Row]] = field(default_factory=list)
    saw_unknown: bool = False

    @property
    def variants(self) -> set[str]:
        return {variant for _, variant in self.exposures}


def observed_of(
    experiment: Experiment,
    rows_by_hour: dict[Hour, list[Row]],
    covered: Collection[Hour],
    now: Hour,
) -> Plain | None:
    """Return the same as `worlds.plain` does of what was merged."""
    started = experiment.started
    assert started is not None
    end = min(experiment.stopped or now, now)
    if end <= started:
        return None
    before = started.plus(-experiment.pre_period_hours)
    hours = before.until(end)
    read = [hour for hour in hours if hour in covered]
    events = [row for hour in read for row in first_of_each(rows_by_hour[hour])]
    users = _users(experiment, events, started.start_ms)
    variants = [variant.key for variant in experiment.variants]
    arms = {key: [u for u in users.values() if u.variants == {key}] for key in variants}
    return {
        "hours": (len(read), len(hours) - len(read)),
        "exposed": {key: len(arm) for key, arm in arms.items()},
        "crossovers": sum(len(user.variants) > 1 for user in users.values()),
        "unknown": sum(user.saw_unknown for user in users.values()),
        "before": {
            metric.key: sum(_came_too_early(u, metric, started) for a in arms.values() for u in a)
            for metric in experiment.metrics
        },
        "without": {
            metric.key: sum(_is_stranger(user, metric, started) for user in users.values())
            for metric in experiment.metrics
        },
        "arms": {
            metric.key: {
                key: sorted((_figures(user, metric, experiment) for user in arm), key=repr)
                for key, arm in arms.items()
            }
            for metric in experiment.metrics
        },
    }


def _users(experiment: Experiment, events: Iterable[Row], started_ms: int) -> dict[str, User]:
    users: dict[str, User] = defaultdict(User)
    known = {variant.key for variant in experiment.variants}
    for row in events:
        user, at_ms = users[row["user_id"]], millis(row["timestamp"])
        if row["event_type"] != "exposure":
            user.events.append((at_ms, row))
            continue
        shown = orjson.loads(row["properties"])
        if shown["experiment_id"] == experiment.experiment_id and at_ms >= started_ms:
            if shown["variant"] in known:
                user.exposures.append((at_ms, shown["variant"]))
            else:
                user.saw_unknown = True
    return users


def _quantities(user: User, metric: Metric) -> list[tuple[int, float]]:
    """Return the time and the quantity of each event that the metric counts."""
    found = []
    for at_ms, row in user.events:
        if row["event_type"] != metric.event_type:
            continue
        if metric.kind is MetricKind.CONVERSION:
            found.append((at_ms, 1.0))
        elif metric.property == "amount":
            if row["amount"] is not None and row["currency"] == metric.currency:
                found.append((at_ms, row["amount"]))
        elif row["value"] is not None and abs(row["value"]) <= LARGEST_VALUE:
            found.append((at_ms, row["value"]))
    return found


def _came_too_early(user: User, metric: Metric, started: Hour) -> bool:
    first_ms = min(at_ms for at_ms, _ in user.exposures)
    times = [at_ms for at_ms, _ in _quantities(user, metric) if at_ms >= started.start_ms]
    return bool(times) and max(times) < first_ms


def _is_stranger(user: User, metric: Metric, started: Hour) -> bool:
    times = [at_ms for at_ms, _ in _quantities(user, metric) if at_ms >= started.start_ms]
    return bool(times) and not user.exposures


def _figures(user: User, metric: Metric, experiment: Experiment) -> tuple[float, float | None]:
    first_ms = min(at_ms for at_ms, _ in user.exposures)
    found = _quantities(user, metric)
    after = [
        q for at_ms, q in found if at_ms >= first_ms and _is_in_time(at_ms, first_ms, experiment)
    ]
    before = [q for at_ms, q in found if at_ms < first_ms]
    covariate = _figure(before, metric.kind) if experiment.pre_period_hours else None
    return _figure(after, metric.kind), covariate


def _is_in_time(at_ms: int, first_ms: int, experiment: Experiment) -> bool:
    if experiment.horizon_hours is None:
        return True
    return at_ms // HOUR_MS <= first_ms // HOUR_MS + experiment.horizon_hours


def _figure(quantities: Sequence[float], kind: MetricKind) -> float:
    if kind is MetricKind.CONVERSION:
        return 1.0 if quantities else 0.0
    total = sum(micros(quantity) for quantity in quantities) / MICRO
    return total / len(quantities) if kind is MetricKind.MEAN and quantities else total
