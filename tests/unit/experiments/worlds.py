"""Random worlds of few users and hours, in which everything that can go wrong often does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from chalicelib.experiments.merge import ReadHours, observe
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.window import Window
from chalicelib.lake import experiment_partials, hour_rows, partial_files
from chalicelib.lake.partial_files import KindRows
from chalicelib.model.experiment import Experiment, Metric, MetricKind, Status, Variant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from tests.builders import NOON
from tests.unit.rollup.builders import Row, at, make_file, make_row

N_HOURS = 6
# Few, so that several events of a user often share one of them, and edges of hours are among them.
OFFSETS = (0, 1, 500, HOUR_MS // 2, HOUR_MS - 1)
EXPERIMENTS = ("exp-a", "exp-b")
VARIANTS = ("control", "treatment", "third")
PURCHASES = Metric(key="purchases", event_type="purchase")
METRICS = (
    PURCHASES,
    Metric(
        key="revenue", event_type="purchase", kind=MetricKind.SUM, property="amount",
        currency="EUR",
    ),
    Metric(
        key="order_value", event_type="purchase", kind=MetricKind.MEAN, property="amount",
        currency="EUR",
    ),
    Metric(key="views", event_type="page_view"),
    Metric(key="score", event_type="rating", kind=MetricKind.MEAN, property="value"),
    Metric(key="points", event_type="rating", kind=MetricKind.SUM, property="value"),
)  # fmt: skip


def make_experiment(**changes: Any) -> Experiment:
    experiment = Experiment(
        experiment_id="exp-a",
        name="A",
        salt="a",
        variants=(Variant("control", 5_000), Variant("treatment", 5_000)),
        control="control",
        primary=PURCHASES,
        secondary=METRICS[1:],
        status=Status.RUNNING,
        started=NOON.plus(1),
    )
    return replace(experiment, **changes)


def some_experiment(chance: Random) -> Experiment:
    started = NOON.plus(chance.randrange(3))
    stopped = started.plus(chance.randint(1, 4)) if chance.random() < 0.5 else None
    return make_experiment(
        experiment_id=chance.choice(EXPERIMENTS),
        started=started,
        stopped=stopped,
        status=Status.RUNNING if stopped is None else Status.STOPPED,
        horizon_hours=chance.choice([None, None, 0, 1, 2]),
        pre_period_hours=chance.choice([0, 0, 1, 2]),
    )


def some_event(chance: Random, number: int, n_users: int = 6) -> Row:
    hour, user = NOON.plus(chance.randrange(N_HOURS)), f"usr_{chance.randrange(n_users)}"
    event_type = chance.choice(["exposure", "exposure", "purchase", "page_view", "rating"])
    happened = at(hour.start_ms + chance.choice(OFFSETS))
    event = make_row(number, event_type=event_type, user_id=user, timestamp=happened)
    return {**event, "properties": "{}", "value": None} | _more(event_type, chance)


def _more(event_type: str, chance: Random) -> dict[str, object]:
    match event_type:
        case "exposure":
            experiment, variant = chance.choice(EXPERIMENTS), chance.choice(VARIANTS)
            shown = f'"experiment_id":"{experiment}","variant":"{variant}"'
            return {"properties": f'{{"page":"/",{shown}}}'}
        case "purchase":
            return {
                "amount": chance.choice([None, 0.1, 19.99, -5.0, 1e9]),
                "currency": chance.choice([None, "EUR", "EUR", "USD"]),
            }
        case "rating":
            return {"value": chance.choice([None, 1.0, 2.5, -3.25, 1e9, 1.1e9, 1e300])}
        case _:
            return {}


def hour_of(row: Row) -> Hour:
    return Hour.of(int(row["timestamp"].timestamp() * 1000))


@dataclass
class World:
    """The lake as lists of rows by hour, and the partials as its rollups have left them."""

    rows: dict[Hour, list[Row]] = field(default_factory=lambda: defaultdict(list))
    partials: dict[Hour, bytes] = field(default_factory=dict)

    @classmethod
    def random(cls, chance: Random) -> World:
        world = cls()
        for number in range(chance.randint(5, 40)):
            world.add(some_event(chance, number))
        return world

    def add(self, row: Row) -> None:
        self.rows[hour_of(row)].append(row)

    def repeat(self, chance: Random) -> Hour:
        """Let an event arrive again, some time later and in another place; return its hour."""
        hour = chance.choice(sorted(hour for hour, rows in self.rows.items() if rows))
        row = chance.choice(self.rows[hour])
        later: Row = {
            "ingested_at": at(NOON.start_ms + 9_000),
            "kinesis_sequence_number": "9" * 56,
        }
        self.rows[hour].append({**row, **later})
        return hour

    def roll_up(self, hours: Collection[Hour]) -> None:
        for hour in hours:
            n_files = 1 + len(self.rows[hour]) % 2
            self.partials[hour] = partial_of(self.rows[hour], hour, n_files)

    def read(
        self, hours: Sequence[Hour], kinds: Collection[str]
    ) -> Iterator[tuple[Hour, list[KindRows]]]:
        for hour in hours:
            yield hour, partial_files.read(self.partials[hour], hour, kinds)

    def observe(self, experiment: Experiment, now: Hour) -> Observed | None:
        window = Window.of(experiment, now)
        if window is None:
            return None
        read: ReadHours = self.read
        return observe(experiment, window, self.partials.keys(), read, now.start_ms)


def partial_of(rows: Sequence[Row], hour: Hour, n_files: int = 1) -> bytes:
    """Read an hour from several files, as a rollup does."""
    files = [make_file(rows[start::n_files]) for start in range(n_files)]
    read = [hour_rows.read_file(body, with_moments=True) for body in files]
    joined = hour_rows.join(read, with_moments=True)
    assert joined.moments is not None
    return experiment_partials.partial_of(joined, joined.moments, hour).body


type Plain = Mapping[str, object]


def plain(observed: Observed) -> Plain:
    """Return what was observed as plain values; the order of users says nothing."""
    return {
        "hours": (observed.hours_covered, observed.hours_missing),
        "exposed": dict(observed.exposed),
        "crossovers": observed.crossovers,
        "unknown": observed.exposures_of_unknown_variants,
        "before": dict(observed.converted_before_exposure),
        "without": dict(observed.users_without_exposure),
        "arms": {
            metric: {
                variant: sorted(
                    zip(
                        arm.values.tolist(),
                        [None] * arm.n_users
                        if arm.covariates is None
                        else arm.covariates.tolist(),
                        strict=True,
                    ),
                    key=repr,
                )
                for variant, arm in arms.items()
            }
            for metric, arms in observed.arms.items()
        },
    }
