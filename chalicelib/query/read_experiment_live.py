"""Answer `GET /experiments/{experiment_id}/live`: what each variant's users did, so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model import about_users, instant
from chalicelib.model.experiment import Experiment
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.live import VariantCount
from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.experiment_shapes import ExperimentLive, ExperimentLiveRow, VariantLive
from chalicelib.query.find_experiment import find_experiment
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.parameters import Parameter
from chalicelib.query.ports import ExperimentReader, VariantCountReader
from chalicelib.query.span import Reach

By = Literal["hour", "day"]

BY: Parameter[By] = Parameter(
    name="by",
    kind=Choice(("hour", "day")),
    description="What a row covers; days are those of UTC.",
    default="hour",
)
REACHES: dict[By, Reach] = {
    "hour": Reach(grain_ms=HOUR_MS, usual_ms=DAY_MS, longest_ms=31 * DAY_MS),
    "day": Reach(grain_ms=DAY_MS, usual_ms=14 * DAY_MS, longest_ms=90 * DAY_MS),
}


@dataclass(frozen=True, slots=True)
class ReadExperimentLive:
    experiments: ExperimentReader
    counters: VariantCountReader

    def __call__(self, asked: Asked) -> Found:
        """Sum counters over shards, and over the hours of a day.

        Raises:
            Refused: there is no such experiment, or the range is empty or too long.
        """
        reach = REACHES[asked[BY]]
        span = asked.span(reach)
        experiment = find_experiment(self.experiments, asked)
        counts = self.counters.counts(experiment.experiment_id, span.first_ms, span.end_ms)
        answer: ExperimentLive = {
            "experiment_id": experiment.experiment_id,
            "from": span.first,
            "to": span.end,
            "by": asked[BY],
            "users_relative_error": round(about_users.RELATIVE_ERROR, 3),
            "rows": _rows(experiment, counts, reach.grain_ms),
            "total": _summed(experiment, counts),
        }
        return Found(answer, found.LIVE)


def _rows(
    experiment: Experiment, counts: Sequence[VariantCount], grain_ms: int
) -> list[ExperimentLiveRow]:
    by_start: dict[int, list[VariantCount]] = {}
    for count in counts:
        by_start.setdefault(count.start_ms - count.start_ms % grain_ms, []).append(count)
    return [
        {
            "from": instant.to_text(start_ms),
            "to": instant.to_text(start_ms + grain_ms),
            "variants": _summed(experiment, some),
        }
        for start_ms, some in sorted(by_start.items())
    ]


def _summed(experiment: Experiment, counts: Sequence[VariantCount]) -> list[VariantLive]:
    return [_of_variant(one.key, counts) for one in experiment.variants]


def _of_variant(variant: str, counts: Sequence[VariantCount]) -> VariantLive:
    return {
        "variant": variant,
        "events": sum(one.events.get(variant, 0) for one in counts),
        "conversions": sum(one.conversions.get(variant, 0) for one in counts),
        "users_estimate": _users(variant, counts),
    }


def _users(variant: str, counts: Sequence[VariantCount]) -> int | None:
    """Estimate the users of all records; None if a version without sketches has counted some."""
    sketches = [one.users.get(variant) for one in counts if variant in one.events]
    known = [sketch for sketch in sketches if sketch is not None]
    if len(known) < len(sketches):
        return None
    return round(about_users.merged(known).estimate())
