"""One experiment's partials merged by the stage itself, and the floor below it, from disk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.disk import Disk
from benchmarks.fortnight import EXPERIMENT, HOURS, VARIANTS
from benchmarks.rollup_once import Summary
from chalicelib.experiments.merge import observe
from chalicelib.experiments.read_partials import ReadPartials
from chalicelib.experiments.window import Window
from chalicelib.lake import partial_files, partial_keys
from chalicelib.lake.experiment_partials import EXPOSURES
from chalicelib.model.experiment import Experiment, Metric, MetricKind, Variant
from chalicelib.model.hour import Hour
from chalicelib.wiring.world import ahead

PRE_PERIOD_HOURS = 48
NAMES = {hour: partial_keys.key_of(hour, 1) for hour in HOURS}
KINDS = ("page_view", "purchase")


class _Named:
    def names(self, first: Hour, end: Hour) -> Mapping[Hour, str]:
        return {hour: name for hour, name in NAMES.items() if first <= hour < end}


class OurMerge:
    """Three metrics, one of them of every page view, adjusted by a pre-period."""

    def __init__(self, folder: Path) -> None:
        self.read = ReadPartials(_Named(), Disk(folder), ahead)

    def __call__(self) -> Summary:
        experiment = make_experiment()
        window = Window(HOURS[0], HOURS[PRE_PERIOD_HOURS], HOURS[-1].plus(1))
        observed = observe(experiment, window, NAMES.keys(), partial(self.read, NAMES), 0)
        return {"users": {**observed.exposed, "crossovers": observed.crossovers}}


class ReadOnly:
    """Read the same columns as often: exposures, then what the metrics count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Summary:
        for kinds in ((EXPOSURES,), KINDS):
            for hour, name in NAMES.items():
                partial_files.read((self.folder / name).read_bytes(), hour, kinds)
        return {}


def make_experiment() -> Experiment:
    return Experiment(
        experiment_id=EXPERIMENT,
        name="A fortnight",
        salt="s",
        variants=tuple(Variant(key, 5_000) for key in VARIANTS),
        control=VARIANTS[0],
        primary=Metric(key="purchases", event_type="purchase"),
        secondary=(
            Metric(
                key="revenue",
                event_type="purchase",
                kind=MetricKind.SUM,
                property="amount",
                currency="EUR",
            ),
            Metric(key="views", event_type="page_view"),
        ),
        pre_period_hours=PRE_PERIOD_HOURS,
        started=HOURS[0].plus(PRE_PERIOD_HOURS),
    )
