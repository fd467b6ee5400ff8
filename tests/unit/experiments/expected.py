"""The results that must be stored of a stopped experiment whose hours are all rolled up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Arm, Observed
from chalicelib.model import instant
from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import Results
from chalicelib.model.hour import Hour
from tests.unit.experiments.oracle import observed_of
from tests.unit.rollup.builders import Row


def expected_of(experiment: Experiment, rows: Iterable[Row]) -> Results:
    """Work out event by event what was observed; the statistics have tests of their own."""
    rows_by_hour: dict[Hour, list[Row]] = defaultdict(list)
    for row in rows:
        rows_by_hour[Hour.of(instant.millis(row["timestamp"]))].append(row)
    assert experiment.started
    assert experiment.stopped
    covered = experiment.started.plus(-experiment.pre_period_hours).until(experiment.stopped)
    plain: Any = observed_of(experiment, rows_by_hour, covered, experiment.stopped)
    arms = {
        metric: {
            variant: Arm(len(pairs), *map(np.array, zip(*pairs, strict=True)))
            for variant, pairs in by_variant.items()
        }
        for metric, by_variant in plain["arms"].items()
    }
    covered_hours, missing_hours = plain["hours"]
    observed = Observed(
        experiment=experiment,
        at_ms=0,
        hours_covered=covered_hours,
        hours_missing=missing_hours,
        exposed=plain["exposed"],
        crossovers=plain["crossovers"],
        exposures_of_unknown_variants=plain["unknown"],
        converted_before_exposure=plain["before"],
        users_without_exposure=plain["without"],
        arms=arms,
    )
    return analyze(observed, ())


def figures(value: Any, path: str = "") -> dict[str, Any]:
    """Flatten results to their numbers and words, without the looks and when it was."""
    if isinstance(value, dict):
        parts = [figures(value[k], f"{path}.{k}") for k in value if k not in {"looks", "at_ms"}]
    elif isinstance(value, list):
        parts = [figures(one, f"{path}[{index}]") for index, one in enumerate(value)]
    else:
        return {path: value}
    return {name: figure for part in parts for name, figure in part.items()}
